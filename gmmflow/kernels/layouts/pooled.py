"""The sum of all components' matrices."""

from __future__ import annotations

import numpy as np

from gmmflow.kernels.layouts.dense import weighted_squares
from gmmflow.kernels.layouts.features import FeatureLayout
from gmmflow.values.block import Block
from gmmflow.values.mixture import Statistics, accumulate


class Pooled(FeatureLayout):
    """The sum of all components' matrices: features [1, x] and one matrix for all rows."""

    shared = True

    def n_squares(self, d: int) -> int:
        """None: all rows go into one matrix, whatever their component."""
        return 0

    def squares(self, block: Block, out: np.ndarray) -> None:
        """Nothing to fill."""

    def add_about_centre(self, block: Block, resp: np.ndarray, into: Statistics) -> None:
        """Add the features times `resp` to ``sums``, and all rows' squares to ``pooled`` (d, d)."""
        super().add_about_centre(block, resp, into)
        x = block.x
        weighted = x if block.mass is None else np.multiply(x, block.mass, dtype=block.dtype)
        accumulate(into, "pooled", np.matmul(weighted, x.T))

    def own_scatter(self, shifted: np.ndarray, resp: np.ndarray) -> np.ndarray:
        """(d, d)."""
        return weighted_squares(shifted, resp)

    def pool(self, own: np.ndarray) -> np.ndarray:
        """(1, d, d)."""
        return own.sum(axis=0, keepdims=True)

    def centred_scatter(
        self, sums: np.ndarray, statistics: Statistics, n: np.ndarray, mean: np.ndarray
    ) -> np.ndarray:
        """(1, d, d)."""
        return statistics["pooled"][None] - self.outer(n, mean)

    def outer(self, weight: np.ndarray, delta: np.ndarray) -> np.ndarray:
        """(1, d, d)."""
        scatter: np.ndarray = (weight * delta.T) @ delta
        return scatter[None]
