"""Each component's own trace."""

from __future__ import annotations

import numpy as np

from gmmflow.kernels.layouts.features import FeatureLayout
from gmmflow.values.block import Block
from gmmflow.values.mixture import Statistics


class Trace(FeatureLayout):
    """Each component's own trace: features [1, x.x, x]."""

    def n_squares(self, d: int) -> int:
        """The squared length."""
        return 1

    def squares(self, block: Block, out: np.ndarray) -> None:
        """Squared lengths of the rows."""
        x = block.x
        squares = np.multiply(x, x, out=block.work.array("squares", x.shape, block.dtype))
        np.add.reduce(squares, axis=0, out=out[0])

    def own_scatter(self, shifted: np.ndarray, resp: np.ndarray) -> np.ndarray:
        """(1,)."""
        return np.einsum("ib,ib,b->", shifted, shifted, resp)[None]

    def centred_scatter(
        self, sums: np.ndarray, statistics: Statistics, n: np.ndarray, mean: np.ndarray
    ) -> np.ndarray:
        """(k, 1)."""
        return sums[1][:, None] - self.outer(n, mean)

    def outer(self, weight: np.ndarray, delta: np.ndarray) -> np.ndarray:
        """(k, 1)."""
        return (weight * np.einsum("kd,kd->k", delta, delta))[:, None]
