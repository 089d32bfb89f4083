"""Each component's own diagonal."""

from __future__ import annotations

import numpy as np

from gmmflow.kernels.layouts.features import FeatureLayout
from gmmflow.values.block import Block
from gmmflow.values.mixture import Statistics


class Diagonal(FeatureLayout):
    """Each component's own diagonal: features [1, x_i^2, x]."""

    def n_squares(self, d: int) -> int:
        """One a column."""
        return d

    def squares(self, block: Block, out: np.ndarray) -> None:
        """Squares of the columns."""
        np.multiply(block.x, block.x, out=out)

    def own_scatter(self, shifted: np.ndarray, resp: np.ndarray) -> np.ndarray:
        """(d,)."""
        scatter: np.ndarray = (shifted * shifted) @ resp
        return scatter

    def centred_scatter(
        self, sums: np.ndarray, statistics: Statistics, n: np.ndarray, mean: np.ndarray
    ) -> np.ndarray:
        """(k, d)."""
        return sums[1 : 1 + mean.shape[1]].T - self.outer(n, mean)

    def outer(self, weight: np.ndarray, delta: np.ndarray) -> np.ndarray:
        """(k, d)."""
        return weight[:, None] * delta * delta
