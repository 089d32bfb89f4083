"""Densities and moments of Gaussian components on one block.

The features product is fast and, about a centre near the data, exact: its rounding error is at
most about eps (d + (R + |mu|)^2 ||P||), with R the radius of the block, P the precision matrix in
the Frobenius norm and mu the mean, both from the centre. Where that bound exceeds `TOLERANCE`,
the component is taken on its own in this block: rows are shifted by its mean and whitened, and
their moments are summed about that mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gmmflow.kernels.layouts import Layout
from gmmflow.kernels.slabs import theta_times_features
from gmmflow.values.block import Block
from gmmflow.values.mixture import Statistics

#: Largest error of a log density, absolute, that the features product may make.
TOLERANCE = {"d": 1e-9, "f": 1e-4}  # by the type of the rows: float64, float32

NONE = np.empty(0, np.intp)


@dataclass(frozen=True)
class GaussianKernel:
    """Kernel of k Gaussian components.

    Attributes
    ----------
    layout : Layout
        Features of the form of the covariances, and what is summed.
    theta : (k, p) or None
        Natural parameters about the centre; None collects statistics only.
    means : (k, d)
        From the centre.
    precision_norm : (k,)
        Frobenius norm of each precision matrix; inf takes every block about the means.
    whitener : (k | 1, d, d), (k | 1, d) or (k | 1, 1)
        z = whitener (x - mean) has unit covariance: inverse Cholesky factors or reciprocal
        standard deviations.
    constant : (k,)
        Log weight + log density at the mean.
    """

    layout: Layout
    theta: np.ndarray | None
    means: np.ndarray
    precision_norm: np.ndarray
    whitener: np.ndarray
    constant: np.ndarray

    def log_joint(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B) with log weight + log density."""
        assert self.theta is not None, "a collector has no densities"
        far = self.far(block)
        if len(far) < len(out):
            features = block.features(self.layout.features, self.theta.shape[1])
            theta_times_features(self.theta.astype(block.dtype, copy=False), features, out)
            if self.layout.shared:
                out -= 0.5 * squared_norm(block, self.whitener[0])
        for c in far:
            z = whiten(block, self.means[c], self.whitener[c if len(self.whitener) > 1 else 0])
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
            shifted = block.x - self.means[c][:, None]
            self.layout.add_about_mean(shifted, resp[c], int(c), len(resp), into)

    def far(self, block: Block) -> np.ndarray:
        """Components whose features product could be off by more than `TOLERANCE` here."""
        radius, nearest = self.safe_radius[block.dtype.char]
        if block.radius <= nearest:
            return NONE
        far = ~(block.radius <= radius)
        # One precision matrix has one row term for all components: they go together.
        if self.layout.shared and far.any():
            far[:] = True
        return np.flatnonzero(far)

    @cached_property
    def safe_radius(self) -> dict[str, tuple[np.ndarray, float]]:
        """For each type of rows: radius up to which a component is safe, (k,), and the least."""
        d = self.means.shape[1]
        distance = np.linalg.norm(self.means, axis=1)
        safe = {}
        for char, tolerance in TOLERANCE.items():
            room = max(tolerance / float(np.finfo(char).eps) - d, 0.0)
            with np.errstate(divide="ignore"):
                radius = np.sqrt(room / self.precision_norm) - distance
            safe[char] = radius, float(radius.min())
        return safe


def whiten(block: Block, mean: np.ndarray, whitener: np.ndarray) -> np.ndarray:
    """Rows about `mean` (from the centre) in units of standard deviations, (d, B)."""
    shifted = block.x - mean[:, None]
    z: np.ndarray = whitener @ shifted if whitener.ndim == 2 else whitener[:, None] * shifted
    return z


def squared_norm(block: Block, whitener: np.ndarray) -> np.ndarray:
    """Squared length of the whitened rows about the centre, (B,)."""
    z = block.work.array("whitened", block.x.shape, block.dtype)
    np.matmul(whitener.astype(block.dtype, copy=False), block.x, out=z)
    length: np.ndarray = np.add.reduce(np.multiply(z, z, out=z), axis=0)
    return length
