"""Start from random responsibilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from gmmflow.distributions.base import Distribution
from gmmflow.initializers.base import Initializer, StartContext
from gmmflow.numerics.random import row_uniforms
from gmmflow.values.block import Block


@dataclass(frozen=True)
class RandomRule:
    """Responsibilities uniform on the simplex, a function of seed, start and row alone."""

    seed: int
    start: int

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B)."""
        uniform = row_uniforms(
            self.seed, "random_resp", self.start, block.first_row, len(block), len(out)
        )
        # Normalised exponential draws are Dirichlet(1, ..., 1); the floor only excludes 0 / 0.
        draws = np.maximum(-np.log1p(-uniform), 2.0**-60)
        draws /= draws.sum(axis=1, keepdims=True)
        np.copyto(out, draws.T, casting="same_kind")


class RandomResp(Initializer):
    """Each row gets responsibilities drawn uniformly from the simplex (Dirichlet(1, ..., 1)).

    All components start near the mean of the data, more so the more rows there are: EM is slow to
    separate them. Meant for comparisons; k-means++ is the better start.
    """

    by_distribution: ClassVar[bool] = False
    type: Literal["random_resp"] = "random_resp"

    def start(
        self, n_components: int, distribution: Distribution, context: StartContext
    ) -> RandomRule:
        """The rule of random responsibilities."""
        return RandomRule(context.seed, context.start)
