"""Layouts whose sums are one product of features and responsibilities."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from gmmflow.kernels.layouts.base import Layout, MomentsOf, divide
from gmmflow.kernels.slabs import features_times_resp
from gmmflow.values.block import Block
from gmmflow.values.mixture import Statistics, accumulate


class FeatureLayout(Layout):
    """Sums of features: 1, then squares of the columns as the kind needs them, then the columns.

    They are ``sums`` (p, k) among the statistics.
    """

    @abstractmethod
    def n_squares(self, d: int) -> int:
        """Number of features between 1 and x."""

    @abstractmethod
    def squares(self, block: Block, out: np.ndarray) -> None:
        """Fill out (n_squares, B)."""

    @abstractmethod
    def centred_scatter(
        self, sums: np.ndarray, statistics: Statistics, n: np.ndarray, mean: np.ndarray
    ) -> np.ndarray:
        """Scatter about the means (k, d) of what was summed about the centre."""

    def size(self, d: int) -> int:
        """Number of features, p."""
        return 1 + self.n_squares(d) + d

    def feature_block(self, block: Block) -> np.ndarray:
        """Features of a block, (p, B), made once for all candidates of this layout."""
        # The kind is the key: methods of two equal layouts are not equal.
        return block.features_beside_x(
            type(self), self.squares, self.n_squares(block.rows.shape[1])
        )

    def add_about_centre(self, block: Block, resp: np.ndarray, into: Statistics) -> None:
        """Add the features times `resp` (k, B) to ``sums`` (p, k)."""
        features = self.feature_block(block)
        accumulate(into, "sums", features_times_resp(features, resp, block.work))

    def counts_about_centre(self, statistics: Statistics) -> np.ndarray | None:
        """The sums of the feature that is 1."""
        return statistics["sums"][0] if "sums" in statistics else None

    def moments_about_centre(self, statistics: Statistics) -> MomentsOf:
        """Moments from the sums of the features."""
        sums = statistics["sums"]
        n, mean = sums[0], divide(sums[-self.columns(sums) :].T, sums[0])
        return n, mean, self.centred_scatter(sums, statistics, n, mean)

    def columns(self, sums: np.ndarray) -> int:
        """Number of columns d of ``sums`` (p, k)."""
        d = 1
        while self.size(d) < len(sums):
            d += 1
        return d
