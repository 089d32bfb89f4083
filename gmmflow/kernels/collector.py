"""Sums before there are densities: what the first statistics of a start come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.kernels.layouts import Layout
from gmmflow.values.block import Block
from gmmflow.values.mixture import Statistics


@dataclass(frozen=True)
class Collector:
    """Kernel of k Gaussian components that only sums.

    Attributes
    ----------
    layout : Layout
    centre : (d,)
    k : int
    means : (k, d) or None
        Each component is summed about its own; None sums all about the centre.
    """

    layout: Layout
    centre: np.ndarray
    k: int
    means: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of components and features, (k, p)."""
        return self.k, self.layout.size(len(self.centre))

    def log_joint(self, block: Block, out: np.ndarray) -> None:
        """There is none yet."""
        raise TypeError("a collector has no densities")

    def accumulate(self, block: Block, resp: np.ndarray, into: Statistics) -> None:
        """Add moments about the centre, or about the means."""
        if self.means is None:
            self.layout.add_about_centre(block, resp, into)
            return
        for c, mean in enumerate(self.means):
            if resp[c].any():
                self.layout.add_about_mean(shifted(block, mean), resp[c], c, self.k, into)


def shifted(block: Block, mean: np.ndarray) -> np.ndarray:
    """Rows about a mean (d,), (d, B) float64, each rounded once."""
    # From the rows as they are: far from the centre x has lost digits that they have.
    out = block.work.array("shifted", block.rows.shape[::-1], np.float64)
    return np.subtract(block.raw, mean[:, None], out=out)
