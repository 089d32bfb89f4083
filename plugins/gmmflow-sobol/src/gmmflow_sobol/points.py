"""Start from Sobol points spread evenly over the box that holds the data."""

from __future__ import annotations

from typing import Literal

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
from gmmflow.stage import Field
from gmmflow.values.nearest import NearestRule


class Points(Initializer):
    """Quasi-random points in the bounding box of the data; every row counts for its nearest one.

    Unlike k-means++ the points do not look at density, so small components far from large ones
    get a seed as easily as the large ones, and restarts differ more: worth trying where k-means++
    keeps finding the same optimum. Best in up to about ten columns; in more, most of a box is
    empty, and points move to rows (see `draws`).

    Source: Sobol 1967, USSR Comput. Math. Math. Phys. 7:86-112; scrambling of Owen 1998, J.
    Complexity 14:466-489, as in SciPy.
    """

    type: Literal["sobol.points"] = "sobol.points"
    scramble: bool = Field(
        True,
        description="Scramble the sequence at random for every draw. Without, draws and restarts "
        "take successive stretches of the one sequence, whatever the seed.",
    )
    draws: int = Field(
        8,
        ge=1,
        le=1024,
        description="Sets of points that are tried; the set whose emptiest point has most rows is "
        "kept. Where some point of it has none, all points move to their nearest rows.",
    )
    sample: SampleRows = SAMPLE_ROWS
    scale: Scale = "sd"

    def start(
        self, n_components: int, distribution: Distribution, context: StartContext
    ) -> NearestRule:
        """The rule of the nearest point.

        Raises
        ------
        DataError
            There are fewer distinct rows than components.
        """
        rows, weight, units = seed_sample(self.sample, self.scale, n_components, context)
        low, high = context.moments.low, context.moments.high
        fewest, seeds = -1.0, np.empty((0, 0))
        for unit_points in self.unit_points(n_components, context):
            points = low + unit_points * (high - low)
            covered = rows_of_each(points, rows, weight, units).min()
            if covered > fewest:
                fewest, seeds = covered, points
        if fewest == 0.0:
            seeds = distinct_rows_near(seeds, rows, units)
        if len(seeds) < n_components:
            raise too_few_rows(n_components, len(seeds), len(rows), context.moments.n_rows)
        return NearestRule(seeds, units)

    def unit_points(self, k: int, context: StartContext) -> np.ndarray:
        """Sets of points in the unit cube, (draws, k, d)."""
        from scipy.stats.qmc import Sobol

        d = len(context.names)
        if self.scramble:
            rng, power = context.rng(), (k - 1).bit_length()
            sets = [Sobol(d, rng=rng).random_base2(power)[:k] for _ in range(self.draws)]
            return np.array(sets)
        # The first point of the plain sequence is the corner of the box.
        sequence = Sobol(d, scramble=False).fast_forward(1 + context.start * self.draws * k)
        return sequence.random(self.draws * k).reshape(self.draws, k, d)


def rows_of_each(
    points: np.ndarray, rows: np.ndarray, weight: np.ndarray, units: np.ndarray
) -> np.ndarray:
    """Sum of the weights of the rows nearest to each point, (k,)."""
    from scipy.spatial import KDTree

    nearest = KDTree(points / units).query(rows / units)[1]
    return np.bincount(nearest, weight, minlength=len(points))


def distinct_rows_near(points: np.ndarray, rows: np.ndarray, units: np.ndarray) -> np.ndarray:
    """A row near each point, (k, d), all different; fewer where fewer rows are distinct."""
    free = np.unique(rows, axis=0)
    taken = []
    for point in points[: len(free)]:
        nearest = int(np.square((free - point) / units).sum(axis=1).argmin())
        taken.append(free[nearest])
        free = np.delete(free, nearest, axis=0)
    return np.array(taken)
