"""Each component's own matrix, by features: the fastest way in few columns."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gmmflow.kernels.layouts.features import FeatureLayout
from gmmflow.values.block import Block
from gmmflow.values.mixture import Statistics


class Dense(FeatureLayout):
    """Each component's own matrix: features [1, x_i x_j (every pair once), x]."""

    def n_squares(self, d: int) -> int:
        """Pairs of columns, each with itself too."""
        return d * (d + 1) // 2

    def squares(self, block: Block, out: np.ndarray) -> None:
        """Products of all pairs of columns."""
        # All pairs at all distances, around the end, in one call (and a short one for even d):
        # calls that last let other threads work.
        x, wrapped = block.x, block.x_wrapped
        d, rows = x.shape
        distances = (d + 1) // 2
        whole = out[: distances * d].reshape(distances, d, rows)
        np.multiply(x, _sliding(wrapped, distances, d), out=whole)
        if d % 2 == 0:
            half = d // 2
            np.multiply(x[:half], x[half:], out=out[distances * d :])

    def own_scatter(self, shifted: np.ndarray, resp: np.ndarray) -> np.ndarray:
        """(d, d)."""
        return weighted_squares(shifted, resp)

    def centred_scatter(
        self, sums: np.ndarray, statistics: Statistics, n: np.ndarray, mean: np.ndarray
    ) -> np.ndarray:
        """(k, d, d)."""
        d = mean.shape[1]
        return unpack(sums[1:-d].T, d) - self.outer(n, mean)

    def outer(self, weight: np.ndarray, delta: np.ndarray) -> np.ndarray:
        """(k, d, d)."""
        return outer_products(weight, delta)


def weighted_squares(shifted: np.ndarray, resp: np.ndarray) -> np.ndarray:
    """Scatter (d, d) of rows (d, B) about 0."""
    scatter: np.ndarray = (shifted * resp) @ shifted.T
    return scatter


def outer_products(weight: np.ndarray, delta: np.ndarray) -> np.ndarray:
    """Scatters (k, d, d) of single points."""
    scatter: np.ndarray = (weight[:, None] * delta)[:, :, None] * delta[:, None, :]
    return scatter


@lru_cache(maxsize=64)
def pair_columns(d: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns (i, j) of the d (d + 1) / 2 products in `Dense.features`, in their order."""
    distance, i = np.divmod(np.arange(d * (d + 1) // 2), d)
    return i, (i + distance) % d


def unpack(pairs: np.ndarray, d: int) -> np.ndarray:
    """Symmetric matrices (k, d, d) from entries in the order of `pair_columns`."""
    i, j = pair_columns(d)
    full = np.empty((len(pairs), d, d))
    full[:, i, j] = pairs
    full[:, j, i] = pairs
    return full


def _sliding(wrapped: np.ndarray, distances: int, d: int) -> np.ndarray:
    """View (distances, d, B) of contiguous rows: entry [i, j] is row i + j."""
    rows = wrapped.shape[1]
    row, item = wrapped.strides
    return np.ndarray((distances, d, rows), wrapped.dtype, wrapped, 0, (row, row, item))
