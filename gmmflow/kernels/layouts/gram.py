"""Each component's own matrix, component by component: the fastest way in many columns.

Half of the work of a general product, since the result is symmetric: BLAS's syrk. Features would
leave the cache, and cost more than they save where there are few components.
"""

from __future__ import annotations

import numpy as np

from gmmflow.kernels.layouts.base import Layout, MomentsOf, divide
from gmmflow.kernels.layouts.dense import outer_products, weighted_squares
from gmmflow.values.block import Block
from gmmflow.values.mixture import Statistics


class Gram(Layout):
    """Sums of [1, x] [1, x]' of each component, ``grams`` (k, d + 1, d + 1)."""

    def size(self, d: int) -> int:
        """As much memory as four copies of [1, x]: the block and its work stay in cache."""
        return 4 * (d + 1)

    def add_about_centre(self, block: Block, resp: np.ndarray, into: Statistics) -> None:
        """Add [1, x] diag(resp_k) [1, x]' for each component."""
        x = with_one(block)
        k, size = len(resp), len(x)
        if "grams" not in into:
            into["grams"] = np.zeros((k, size, size))
        root = np.sqrt(resp, out=block.work.array("root", resp.shape, block.dtype))
        scaled = block.work.array("scaled", x.shape, block.dtype)
        gram = block.work.array("gram", (size, size), block.dtype)
        for c in range(k):
            np.multiply(x, root[c], out=scaled)
            # NumPy gives a product with its own transpose to syrk, and lets other threads run.
            into["grams"][c] += np.matmul(scaled, scaled.T, out=gram)

    def counts_about_centre(self, statistics: Statistics) -> np.ndarray | None:
        """The first entries."""
        return statistics["grams"][:, 0, 0] if "grams" in statistics else None

    def moments_about_centre(self, statistics: Statistics) -> MomentsOf:
        """The first column has the sums of x, the rest the squares."""
        grams = statistics["grams"]
        n = grams[:, 0, 0]
        mean = divide(grams[:, 1:, 0], n)
        return n, mean, grams[:, 1:, 1:] - outer_products(n, mean)

    def own_scatter(self, shifted: np.ndarray, resp: np.ndarray) -> np.ndarray:
        """(d, d)."""
        return weighted_squares(shifted, resp)

    def outer(self, weight: np.ndarray, delta: np.ndarray) -> np.ndarray:
        """(k, d, d)."""
        return outer_products(weight, delta)


def with_one(block: Block) -> np.ndarray:
    """[1, x], (d + 1, B), made once a block."""
    return block.features_beside_x(Gram, _nothing, 0)


def _nothing(block: Block, out: np.ndarray) -> None:
    """There are no features between 1 and x."""
