"""Log joint densities of Gaussian components on a block, one rule for each form of covariances.

All work about the block's centre; `GaussianKernel` says for which components that is exact enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gmmflow.kernels.layouts import FeatureLayout, pair_columns, with_one
from gmmflow.kernels.slabs import theta_times_features
from gmmflow.values.block import Block, Workspace

#: Rows of a panel of a triangular product; twice as many from `LARGE` columns on. Smaller ones
#: leave out more zeros, larger ones run faster (measured: benchmarks/README.md).
PANEL_ROWS = 16
LARGE = 192
#: Numbers of a panel of several components: they stay in cache until their squares are summed.
PANEL_VALUES = 1 << 18


class Density(Protocol):
    """Log weight + log density of a block's rows."""

    @property
    def size(self) -> int:
        """Number of features of the block that it uses, p."""

    @property
    def rounding(self) -> float:
        """Its error is at most this many times eps (d + s^2), s as in `Guard.ball`."""

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B)."""


@dataclass(frozen=True)
class FeatureDensity:
    """One product of natural parameters and features.

    Attributes
    ----------
    layout : FeatureLayout
        Whose features.
    theta : (k, p)
    """

    layout: FeatureLayout
    theta: np.ndarray

    @property
    def size(self) -> int:
        """Those of the layout."""
        return self.theta.shape[1]

    @property
    def rounding(self) -> float:
        """Grows as the root of the number of terms."""
        return rounding_of(self.size)

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Theta F."""
        features = self.layout.feature_block(block)
        theta_times_features(self.theta.astype(block.dtype, copy=False), features, out)


@dataclass(frozen=True)
class PooledDensity:
    """One matrix for all components: its quadratic term is the same for all, row by row.

    Attributes
    ----------
    theta : (k, d + 1)
    whitener : (d, d)
    """

    theta: np.ndarray
    whitener: np.ndarray

    @property
    def size(self) -> int:
        """1 and x."""
        return self.theta.shape[1]

    @property
    def rounding(self) -> float:
        """That of the larger of its two products."""
        return rounding_of(self.size)

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Theta [1, x] - |W x|^2 / 2."""
        features = with_one(block)
        theta_times_features(self.theta.astype(block.dtype, copy=False), features, out)
        z = block.work.array("whitened", block.x.shape, block.dtype)
        theta_times_features(self.whitener.astype(block.dtype, copy=False), block.x, z)
        row_term: np.ndarray = np.add.reduce(np.multiply(z, z, out=z), axis=0)
        row_term *= 0.5
        out -= row_term


@dataclass(frozen=True)
class RotatedDensity:
    """Shared axes: the block is rotated once, then every component is diagonal.

    Attributes
    ----------
    axes : (d, d)
        One a column.
    theta : (k, 2 d + 1)
        Of the features [1, y^2, y], y = axes' x.
    """

    axes: np.ndarray
    theta: np.ndarray

    @property
    def size(self) -> int:
        """Only x."""
        return len(self.axes)

    @property
    def rounding(self) -> float:
        """That of the second product; the rotation adds less."""
        return rounding_of(self.theta.shape[1])

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Theta [1, y^2, y]."""
        d, rows = block.x.shape
        features = block.work.array("rotated", (2 * d + 1, rows), block.dtype)
        features[0] = 1.0
        y = features[d + 1 :]
        theta_times_features(self.axes.T.astype(block.dtype), block.x, y)
        np.multiply(y, y, out=features[1 : d + 1])
        theta_times_features(self.theta.astype(block.dtype, copy=False), features, out)


@dataclass(frozen=True)
class WhitenedDensity:
    """Component by component: the rows are whitened, in panels of a triangular product.

    Attributes
    ----------
    whitener : (k, d, d + 1)
        [-W mean, W], W lower triangular: times [1, x] it gives z of unit covariance.
    constant : (k,)
        Log joint density at the mean.
    """

    whitener: np.ndarray
    constant: np.ndarray

    @property
    def size(self) -> int:
        """1 and x."""
        return self.whitener.shape[2]

    @property
    def rounding(self) -> float:
        """Sums of squares do not cancel: it does not grow with d."""
        return 1.0

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Constant - |W (x - mean)|^2 / 2."""
        x = with_one(block)
        k, d, _ = self.whitener.shape
        whitener = self.whitener.astype(block.dtype, copy=False)
        height = PANEL_ROWS if d < LARGE else 2 * PANEL_ROWS
        together = max(PANEL_VALUES // (height * len(block)), 1)
        for first in range(0, k, together):
            part = slice(first, min(first + together, k))
            whitened_norm(whitener[part], x, height, block.work, out[part])
        out *= -0.5
        out += self.constant.astype(block.dtype, copy=False)[:, None]


def whitened_norm(
    whitener: np.ndarray, x: np.ndarray, height: int, work: Workspace, out: np.ndarray
) -> None:
    """Fill out (c, B) with squared lengths of whitener (c, d, d + 1) @ x (d + 1, B).

    Row i of a factor ends at column i + 1: what lies right of a panel's last row is left out.
    """
    c, d, _ = whitener.shape
    rows = x.shape[1]
    for top in range(0, d, height):
        bottom = min(top + height, d)
        z = work.array("panel", (c * (bottom - top), rows), x.dtype).reshape(c, -1, rows)
        np.matmul(whitener[:, top:bottom, : bottom + 1], x[: bottom + 1], out=z)
        if top == 0:
            np.einsum("cib,cib->cb", z, z, out=out)
        else:
            out += np.einsum("cib,cib->cb", z, z)


def rounding_of(p: int) -> float:
    """Bound on the error of a sum of p terms that cancel, in units of `Density.rounding`.

    Errors of the terms add up like a random walk: over random components in 2 to 32 columns, with
    condition numbers to 100, at most 0.23 sqrt p was met, and 0.18 sqrt p in many columns.
    """
    return float(0.3 + 0.2 * np.sqrt(p))


def dense_theta(
    offsets: np.ndarray, whitener: np.ndarray, constant: np.ndarray, pooled: bool
) -> np.ndarray:
    """Natural parameters (k, p) of dense covariances.

    Parameters
    ----------
    offsets : (k, d)
        Means from the centre.
    whitener : (k | 1, d, d)
    constant : (k,)
        Log joint density at the mean.
    pooled : bool
        Without the quadratic terms.
    """
    k, d = offsets.shape
    z = np.matmul(whitener, offsets[:, :, None])
    linear = np.matmul(whitener.transpose(0, 2, 1), z)[:, :, 0]
    z = z[:, :, 0]
    first = (constant - 0.5 * np.square(z).sum(axis=1))[:, None]
    if pooled:
        return np.concatenate([first, linear], axis=1)
    i, j = pair_columns(d)
    precision = whitener.transpose(0, 2, 1) @ whitener
    pairs = precision[:, i, j]
    pairs[:, :d] *= 0.5  # squares come first
    theta = np.empty((k, 1 + len(i) + d))
    theta[:, :1], theta[:, 1 : 1 + len(i)], theta[:, 1 + len(i) :] = first, -pairs, linear
    return theta


def diagonal_theta(offsets: np.ndarray, variances: np.ndarray, constant: np.ndarray) -> np.ndarray:
    """Natural parameters (k, p) of diagonal (k | 1, d) or spherical (k | 1, 1) covariances."""
    precision = np.broadcast_to(1.0 / variances, (len(offsets), variances.shape[1]))
    linear = precision * offsets
    first = (constant - 0.5 * (linear * offsets).sum(axis=1))[:, None]
    return np.concatenate([first, -0.5 * precision, linear], axis=1)
