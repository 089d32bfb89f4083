"""Log joint densities of Gaussian components on a block, one rule for each form of covariances.

All work about the block's centre; `GaussianKernel` says for which components that is exact enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gmmflow.kernels.layouts import Layout, pair_columns
from gmmflow.kernels.slabs import theta_times_features
from gmmflow.values.block import Block


class Density(Protocol):
    """Log weight + log density of a block's rows."""

    @property
    def theta(self) -> np.ndarray:
        """Natural parameters, (k, p)."""

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B)."""


@dataclass(frozen=True)
class FeatureDensity:
    """One product of natural parameters and features.

    Attributes
    ----------
    layout : Layout
        Whose features.
    theta : (k, p)
    """

    layout: Layout
    theta: np.ndarray

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Theta F."""
        features = self.layout.feature_block(block)
        theta_times_features(self.theta.astype(block.dtype, copy=False), features, out)


@dataclass(frozen=True)
class PooledDensity:
    """One matrix for all components: its quadratic term is the same for all, row by row.

    Attributes
    ----------
    layout : Layout
        Pooled: the features are 1 and x.
    theta : (k, d + 1)
    whitener : (d, d)
    """

    layout: Layout
    theta: np.ndarray
    whitener: np.ndarray

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Theta [1, x] - |W x|^2 / 2."""
        features = self.layout.feature_block(block)
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

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Theta [1, y^2, y]."""
        d, rows = block.x.shape
        features = block.work.array("rotated", (2 * d + 1, rows), block.dtype)
        features[0] = 1.0
        y = features[d + 1 :]
        theta_times_features(self.axes.T.astype(block.dtype), block.x, y)
        np.multiply(y, y, out=features[1 : d + 1])
        theta_times_features(self.theta.astype(block.dtype, copy=False), features, out)


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
    each = np.broadcast_to(whitener, (k, d, d))
    z = np.einsum("kij,kj->ki", each, offsets)
    linear = np.einsum("kji,kj->ki", each, z)
    first = (constant - 0.5 * np.square(z).sum(axis=1))[:, None]
    if pooled:
        return np.concatenate([first, linear], axis=1)
    i, j = pair_columns(d)
    precision = whitener.transpose(0, 2, 1) @ whitener
    pairs = precision[:, i, j] * np.where(i == j, -0.5, -1.0)
    return np.concatenate([first, np.broadcast_to(pairs, (k, len(i))), linear], axis=1)


def diagonal_theta(offsets: np.ndarray, variances: np.ndarray, constant: np.ndarray) -> np.ndarray:
    """Natural parameters (k, p) of diagonal (k | 1, d) or spherical (k | 1, 1) covariances."""
    precision = np.broadcast_to(1.0 / variances, (len(offsets), variances.shape[1]))
    linear = precision * offsets
    first = (constant - 0.5 * (linear * offsets).sum(axis=1))[:, None]
    return np.concatenate([first, -0.5 * precision, linear], axis=1)
