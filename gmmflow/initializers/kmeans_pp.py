"""Start from k rows that are far apart, each with the rows nearest to it."""

from __future__ import annotations

from typing import ClassVar, Literal

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
from gmmflow.numerics.seeding import greedy_seeds
from gmmflow.values.nearest import NearestRule


class KMeansPP(Initializer):
    """Greedy k-means++ on a sample; then every row counts for its nearest seed.

    Weights, means and covariances of the first mixture are those of the rows assigned to each
    seed, never of the seed alone. Columns are scaled by their standard deviation, because in raw
    units the column of the largest numbers decides alone and can hide the components from EM
    (scikit-learn issue 34842).

    Source: Arthur and Vassilvitskii 2007, "k-means++: the advantages of careful seeding", SODA.
    """

    by_distribution: ClassVar[bool] = False
    type: Literal["kmeans++"] = "kmeans++"
    sample: SampleRows = SAMPLE_ROWS
    scale: Scale = "sd"

    def start(
        self, n_components: int, distribution: Distribution, context: StartContext
    ) -> NearestRule:
        """The rule of the nearest seed."""
        rows, sample_weight, units = seed_sample(self.sample, self.scale, n_components, context)
        seeds = greedy_seeds(rows, sample_weight, units, n_components, context.rng())
        if len(seeds) < n_components:
            raise too_few_rows(n_components, len(seeds), len(rows), context.moments.n_rows)
        return NearestRule(rows[seeds], units)
