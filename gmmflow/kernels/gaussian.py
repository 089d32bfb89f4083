"""Densities and moments of Gaussian components on one block.

Work about the centre of the rows is fast, and exact where the guard says so. Where it does not, a
block in float32 is taken in float64; in float64 a component that the guard names is taken on its
own in that block: rows are shifted by its mean and whitened, and their moments are summed about
that mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.kernels.collector import shifted
from gmmflow.kernels.densities import (
    Density,
    FeatureDensity,
    PooledDensity,
    RotatedDensity,
    WhitenedDensity,
    dense_theta,
    diagonal_theta,
)
from gmmflow.kernels.guard import Guard
from gmmflow.kernels.layouts import Dense, Diagonal, Layout, Trace, by_component
from gmmflow.numerics.linalg import inverse_factors
from gmmflow.values import forms
from gmmflow.values.block import Block
from gmmflow.values.forms import Form
from gmmflow.values.mixture import Statistics

LOG_2PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True)
class GaussianKernel:
    """Kernel of k Gaussian components.

    Attributes
    ----------
    layout : Layout
        What is summed.
    density : Density
        Log joint densities about the centre.
    guard : Guard
        Says for which components that is not exact enough.
    means : (k, d)
        In the units of the rows.
    whitener : (k | 1, d, d), (k | 1, d) or (k | 1, 1)
        z = whitener (x - mean) has unit covariance: inverse Cholesky factors or reciprocal
        standard deviations.
    constant : (k,)
        Log weight + log density at the mean.
    """

    layout: Layout
    density: Density
    guard: Guard
    means: np.ndarray
    whitener: np.ndarray
    constant: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of components and features, (k, p)."""
        k, d = self.means.shape
        return k, max(self.layout.size(d), self.density.size)

    def log_joint(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B) with log weight + log density."""
        far = self.far(block)
        if len(far) and block.dtype == np.float32:
            wide = block.wide
            self.log_joint(wide, wide.work.array("resp", out.shape, np.float64))
            np.copyto(out, wide.work.array("resp", out.shape, np.float64), casting="same_kind")
            return
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
        if len(far) and block.dtype == np.float32:
            self.accumulate(block.wide, resp.astype(np.float64), into)
            return
        if len(far) < len(resp):
            aside = resp[far]
            resp[far] = 0.0
            self.layout.add_about_centre(block, resp, into)
            resp[far] = aside
        for c in far:
            # Groups far apart: most blocks have no row of most components.
            if resp[c].any():
                rows = shifted(block, self.means[c])
                self.layout.add_about_mean(rows, resp[c], int(c), len(resp), into)

    def far(self, block: Block) -> np.ndarray:
        """Components to be taken aside in this block; asked twice, looked at once."""
        return block.once(self, self.guard.far)

    def whitened(self, block: Block, component: int) -> np.ndarray:
        """Rows about the mean of a component in units of standard deviations, (d, B)."""
        rows = shifted(block, self.means[component])
        whitener = self.whitener[component if len(self.whitener) > 1 else 0]
        if whitener.ndim == 1:
            return np.multiply(whitener[:, None], rows, out=rows)
        out = block.work.array("whitened", rows.shape, np.float64)
        return np.matmul(whitener, rows, out=out)


def gaussian_kernel(
    layout: Layout, form: Form, centre: np.ndarray, means: np.ndarray, log_weights: np.ndarray
) -> GaussianKernel:
    """Kernel of components with these covariances, whose sweep sums what `layout` says."""
    k, d = means.shape
    whitener, log_det = whiteners(form, d)
    constant = log_weights - 0.5 * (d * LOG_2PI + log_det)
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
    guard = Guard(offsets, whitener, density.rounding, layout.shared)
    return GaussianKernel(layout, density, guard, means, whitener, constant)


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
