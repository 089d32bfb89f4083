"""Start from k rows drawn at random, each with the rows nearest to it."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.distributions.base import Distribution
from gmmflow.initializers.base import (
    SAMPLE_ROWS,
    Initializer,
    SampleRows,
    Scale,
    StartContext,
    seed_sample,
    too_few_rows,
)
from gmmflow.values.nearest import NearestRule


class RandomPoints(Initializer):
    """k distinct rows drawn at random; then every row counts for its nearest one.

    A row is drawn with probability proportional to its weight. The starts differ more than those
    of k-means++: worth many restarts where k-means++ keeps finding the same optimum.
    """

    by_distribution: ClassVar[bool] = False
    type: Literal["random_points"] = "random_points"
    sample: SampleRows = SAMPLE_ROWS
    scale: Scale = "sd"

    def start(
        self, n_components: int, distribution: Distribution, context: StartContext
    ) -> NearestRule:
        """The rule of the nearest drawn row."""
        rows, sample_weight, units = seed_sample(self.sample, self.scale, n_components, context)
        drawn = draw_distinct(rows, sample_weight, n_components, context.rng())
        if len(drawn) < n_components:
            raise too_few_rows(n_components, len(drawn), len(rows), context.moments.n_rows)
        return NearestRule(rows[drawn], units)


def draw_distinct(
    rows: np.ndarray, sample_weight: np.ndarray, k: int, rng: np.random.Generator
) -> list[int]:
    """Indices of k rows of different values, or of one of each value if those are fewer.

    Rows come in an order in which each next one is drawn with probability proportional to its
    weight (Efraimidis and Spirakis 2006, Information Processing Letters 97:181-185), and a row
    that repeats an earlier one is passed over.
    """
    arrival = rng.standard_exponential(len(rows)) / sample_weight
    seen: dict[bytes, int] = {}
    for index in np.argsort(arrival, kind="stable"):
        # Adding 0.0 makes -0.0 the same bytes as 0.0.
        seen.setdefault((rows[index] + 0.0).tobytes(), int(index))
        if len(seen) == k:
            break
    return list(seen.values())
