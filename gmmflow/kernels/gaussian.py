"""Densities and moments of Gaussian components on one block.

The features product is fast and, about a centre near the data, exact. Its rounding error is at
most about eps (d + s^2), where s is the length that a row could have after whitening if nothing
cancelled: with W the whitener, r the largest |x| of each column in the block and mu the mean,
both from the centre, s = || |W| (r + |mu|) ||. The bound does not depend on the columns' units,
and is met: over random components the error is between 0.01 and 1.3 of it. Where it exceeds
`TOLERANCE`, the component is taken on its own in this block: rows are shifted by its mean and
whitened, and their moments are summed about that mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gmmflow.kernels.densities import (
    Density,
    FeatureDensity,
    PooledDensity,
    RotatedDensity,
    WhitenedDensity,
    dense_theta,
    diagonal_theta,
)
from gmmflow.kernels.layouts import Dense, Diagonal, Layout, Trace, by_component
from gmmflow.numerics.linalg import inverse_factors
from gmmflow.values import forms
from gmmflow.values.block import Block
from gmmflow.values.forms import Form
from gmmflow.values.mixture import Statistics

LOG_2PI = float(np.log(2.0 * np.pi))
#: Largest error of a log density, absolute, that the features product may make.
TOLERANCE = {"d": 1e-9, "f": 1e-4}  # by the type of the rows: float64, float32
#: The bound of the rounding error is this many times eps (d + s^2).
ROUNDING = 1.5

NONE = np.empty(0, np.intp)


@dataclass(frozen=True)
class GaussianKernel:
    """Kernel of k Gaussian components.

    Attributes
    ----------
    layout : Layout
        What is summed.
    density : Density or None
        Log joint densities about the centre; None collects statistics only.
    centre : (d,)
        What `Block.x` is shifted by.
    means : (k, d)
        In the units of the rows.
    whitener : (k | 1, d, d), (k | 1, d) or (k | 1, 1)
        z = whitener (x - mean) has unit covariance: inverse Cholesky factors or reciprocal
        standard deviations. Of a collector: 0 sums about the centre, inf about the means.
    constant : (k,)
        Log weight + log density at the mean.
    together : bool
        Whether components go aside only all at once: they share a term of each row.
    """

    layout: Layout
    density: Density | None
    centre: np.ndarray
    means: np.ndarray
    whitener: np.ndarray
    constant: np.ndarray
    together: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of components and features, (k, p)."""
        k, d = self.means.shape
        p = self.layout.size(d)
        return k, p if self.density is None else max(p, self.density.size)

    def log_joint(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B) with log weight + log density."""
        assert self.density is not None, "a collector has no densities"
        far = self.far(block)
        if len(far) < len(out):
            self.density(block, out)
        for c in far:
            z = self.whitened(block, c)
            np.add.reduce(np.multiply(z, z, out=z), axis=0, out=out[c])
            out[c] *= -0.5
            out[c] += self.constant[c]

    def accumulate(self, block: Block, resp: np.ndarray, into: Statistics) -> None:
        """Add moments about the centre, or about their own mean for components far off."""
        far = self.far(block)
        if len(far) < len(resp):
            if len(far):
                aside = resp[far].copy()
                resp[far] = 0.0
                self.layout.add_about_centre(block, resp, into)
                resp[far] = aside
            else:
                self.layout.add_about_centre(block, resp, into)
        for c in far:
            # Groups far apart: most blocks have no row of most components.
            if resp[c].any():
                self.layout.add_about_mean(self.shifted(block, c), resp[c], int(c), len(resp), into)

    def far(self, block: Block) -> np.ndarray:
        """Components whose features product could be off by more than `TOLERANCE` here."""
        limit = self.limit[block.dtype.char]
        norm, offset = self.shortcut
        if norm * block.bound + offset <= limit or norm * block.radius + offset <= limit:
            return NONE
        with np.errstate(over="ignore", invalid="ignore"):
            length = np.linalg.norm(self.stretched(block.reach) + self.offsets, axis=1)
        far = ~(length <= limit)
        if self.together and far.any():
            far[:] = True
        return np.flatnonzero(far)

    def shifted(self, block: Block, component: int) -> np.ndarray:
        """Rows about the mean of a component, (d, B) float64, each rounded once."""
        # From the rows as they are: far from the centre x has lost digits that they have.
        out = block.work.array("shifted", block.x.shape, np.float64)
        return np.subtract(block.raw, self.means[component][:, None], out=out)

    def whitened(self, block: Block, component: int) -> np.ndarray:
        """Rows about the mean of a component in units of standard deviations, (d, B)."""
        shifted = self.shifted(block, component)
        whitener = self.whitener[component if len(self.whitener) > 1 else 0]
        if whitener.ndim == 1:
            return np.multiply(whitener[:, None], shifted, out=shifted)
        out = block.work.array("whitened", shifted.shape, np.float64)
        return np.matmul(whitener, shifted, out=out)

    def stretched(self, lengths: np.ndarray) -> np.ndarray:
        """|W| times lengths (d,) or (k, d): (k | 1, d)."""
        size = np.abs(self.whitener)
        if size.ndim == 2:
            return size * lengths
        return np.matmul(size, lengths[..., None])[..., 0]

    @cached_property
    def offsets(self) -> np.ndarray:
        """|W| times the distances of the means from the centre, (k, d)."""
        with np.errstate(invalid="ignore"):
            return self.stretched(np.abs(self.means - self.centre))

    @cached_property
    def limit(self) -> dict[str, float]:
        """Length s up to which the features product is exact enough, by the type of the rows."""
        d = self.means.shape[1]
        return {
            char: max(tolerance / (ROUNDING * float(np.finfo(char).eps)) - d, 0.0) ** 0.5
            for char, tolerance in TOLERANCE.items()
        }

    @cached_property
    def shortcut(self) -> tuple[float, float]:
        """Norm and offset with s <= norm * radius + offset for every component."""
        d = self.means.shape[1]
        size = np.broadcast_to(self.whitener, (*self.whitener.shape[:-1], d))
        norm = np.linalg.norm(size.reshape(len(size), -1), axis=1).max()
        return float(norm), float(np.linalg.norm(self.offsets, axis=1).max())


def gaussian_kernel(
    layout: Layout, form: Form, centre: np.ndarray, means: np.ndarray, log_weights: np.ndarray
) -> GaussianKernel:
    """Kernel of components with these covariances, whose sweep sums what `layout` says."""
    k, d = means.shape
    whitener, log_det = whiteners(form, d)
    constant = log_weights - 0.5 * (d * LOG_2PI + np.broadcast_to(log_det, k))
    offsets = means - centre
    density: Density
    match form:
        case forms.Dense() if layout.shared:
            theta = dense_theta(offsets, whitener, constant, pooled=True)
            density = PooledDensity(theta, whitener[0])
        case forms.Dense() if by_component(k, d):
            each = np.broadcast_to(whitener, (k, d, d))
            first = -np.einsum("kij,kj->ki", each, offsets)[:, :, None]
            density = WhitenedDensity(np.concatenate([first, each], axis=2), constant)
        case forms.Dense():
            theta = dense_theta(offsets, whitener, constant, pooled=False)
            density = FeatureDensity(Dense(), theta)
        case forms.Rotated(orientation, variances):
            axes = orientation[0]
            density = RotatedDensity(axes, diagonal_theta(offsets @ axes, variances, constant))
        case forms.Diagonal(variances):
            theta = diagonal_theta(offsets, variances, constant)
            density = FeatureDensity(Diagonal(), theta)
        case forms.Spherical(variances):
            theta = diagonal_theta(offsets, variances, constant)
            density = FeatureDensity(Trace(), theta)
        case _:
            raise TypeError(f"there is no kernel for {type(form).__name__} covariances")
    return GaussianKernel(layout, density, centre, means, whitener, constant, layout.shared)


def whiteners(form: Form, d: int) -> tuple[np.ndarray, np.ndarray]:
    """What makes unit covariance of each component's rows, and log-determinants (k | 1,)."""
    match form:
        case forms.Dense(covariances):
            return inverse_factors(covariances)
        case forms.Rotated(orientation, variances):
            whitener = np.sqrt(1.0 / variances)[:, :, None] * orientation[0].T
        case forms.Diagonal(variances) | forms.Spherical(variances):
            whitener = np.sqrt(1.0 / variances)
        case _:
            raise TypeError(f"there is no kernel for {type(form).__name__} covariances")
    return whitener, np.log(np.broadcast_to(variances, (len(variances), d))).sum(axis=1)


def collector_kernel(
    layout: Layout, k: int, centre: np.ndarray, means: np.ndarray | None
) -> GaussianKernel:
    """Kernel that only sums: about the centre, or each component about its mean (k, d)."""
    # With these whiteners no component is ever far from the centre, or every one is.
    whitener = np.full((1, 1), 0.0 if means is None else np.inf)
    about = np.broadcast_to(centre, (k, len(centre))) if means is None else means
    return GaussianKernel(layout, None, centre, about, whitener, np.zeros(k), layout.shared)
