"""The E-step and the M-step of an exponential family as two matrix products.

With the feature block F = T(x), (p, B), the log density is Theta F + h(x) and the statistics of a
sweep are F R': everything else is small (design: EM as two matrix products).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gmmflow.kernels.slabs import features_times_resp, theta_times_features
from gmmflow.values.block import Block
from gmmflow.values.mixture import Statistics, accumulate

#: Fills out (p, B) with the features of a block; the last feature is 1.
Features = Callable[[Block, np.ndarray], None]


@dataclass(frozen=True)
class FeatureProduct:
    """Kernel of an exponential family.

    Attributes
    ----------
    features : callable
        Of block and out (p, B).
    theta : (k, p) or None
        Natural parameters, the last column -A + log weight; None collects statistics only.
    shape : (int, int)
        k and p.
    base : callable of block, optional
        h(x) of each row, (B,), or None where it is zero; it compares equal for equal families.
    """

    features: Features
    theta: np.ndarray | None
    shape: tuple[int, int]
    base: Callable[[Block], np.ndarray | None] | None = None

    def log_joint(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B) with Theta F + h."""
        assert self.theta is not None, "a collector has no densities"
        theta = self.theta.astype(block.dtype, copy=False)
        theta_times_features(theta, block.features(self.features, self.shape[1]), out)
        base = None if self.base is None else block.base(self.base)
        if base is not None:
            out += base

    def accumulate(self, block: Block, resp: np.ndarray, into: Statistics) -> None:
        """Add F R' to ``sums`` (p, k)."""
        features = block.features(self.features, self.shape[1])
        accumulate(into, "sums", features_times_resp(features, resp, block.work))
