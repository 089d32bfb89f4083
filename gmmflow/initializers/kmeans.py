"""Start from k-means: k-means++ seeds, moved to the means of their rows until they rest."""

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
from gmmflow.numerics.seeding import greedy_seeds
from gmmflow.stage import Field
from gmmflow.values.block import Workspace, blocks, cut
from gmmflow.values.dataset import Chunk
from gmmflow.values.nearest import NearestRule


class KMeans(Initializer):
    """k-means on a sample (greedy k-means++, then Lloyd); every row counts for its nearest centre.

    Columns are scaled by their standard deviation, because in raw units the column of the largest
    numbers decides alone and can hide the components from EM (scikit-learn issue 34842).

    Source: Lloyd 1982, "Least squares quantization in PCM", IEEE Trans. Inf. Theory 28:129-137.
    """

    by_distribution: ClassVar[bool] = False
    type: Literal["kmeans"] = "kmeans"
    sample: SampleRows = SAMPLE_ROWS
    scale: Scale = "sd"
    max_iterations: int = Field(
        100, ge=1, description="Lloyd iterations at most; it stops earlier when no row moves."
    )

    def start(
        self, n_components: int, distribution: Distribution, context: StartContext
    ) -> NearestRule:
        """The rule of the nearest k-means centre."""
        rows, sample_weight, units = seed_sample(self.sample, self.scale, n_components, context)
        seeds = greedy_seeds(rows, sample_weight, units, n_components, context.rng())
        if len(seeds) < n_components:
            raise too_few_rows(n_components, len(seeds), len(rows), context.moments.n_rows)
        rule = NearestRule(rows[seeds], units)
        return lloyd(rule, rows, sample_weight, self.max_iterations)


def lloyd(
    rule: NearestRule, rows: np.ndarray, sample_weight: np.ndarray, max_iterations: int
) -> NearestRule:
    """Move the seeds of a rule to the weighted means of their rows until no row moves.

    A seed without rows moves to the row that is farthest from its own seed.

    Parameters
    ----------
    rule : NearestRule
    rows : (s, d) float64
        At least k of them distinct.
    sample_weight : (s,)
        Positive.
    max_iterations : int
    """
    k = len(rule.seeds)
    before = np.full(len(rows), -1)
    for _ in range(max_iterations):
        component = nearest(rule, rows)
        _fill_empty(rule, rows, component)
        if np.array_equal(component, before):
            break
        before = component
        rule = NearestRule(_means(rows, sample_weight, component, k), rule.scale)
    return rule


def nearest(rule: NearestRule, rows: np.ndarray) -> np.ndarray:
    """Index of the nearest seed of each row, (s,)."""
    (k, d), work, found = rule.seeds.shape, Workspace(), []
    for block in blocks(rows, Chunk(0, 0, rows), rows.mean(axis=0), work, *cut((k, d), d)):
        out = work.array("resp", (k, len(block)), np.float64)
        rule(block, out)
        found.append(out.argmax(axis=0))
    return np.concatenate(found)


def _fill_empty(rule: NearestRule, rows: np.ndarray, component: np.ndarray) -> None:
    """Give each empty component the row that is farthest from every seed, in place."""
    k = len(rule.seeds)
    empty = np.flatnonzero(np.bincount(component, minlength=k) == 0)
    if len(empty) == 0:
        return
    distance = _squared_distance(rows, rule.seeds[component], rule.scale)
    for index in empty:
        # A component's only row stays, so that none empties in turn.
        alone = np.bincount(component, minlength=k)[component] == 1
        farthest = np.where(alone, -1.0, distance).argmax()
        component[farthest] = index
        distance = np.minimum(distance, _squared_distance(rows, rows[farthest], rule.scale))


def _squared_distance(rows: np.ndarray, points: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.square((rows - points) / scale).sum(axis=1)


def _means(
    rows: np.ndarray, sample_weight: np.ndarray, component: np.ndarray, k: int
) -> np.ndarray:
    total = np.bincount(component, sample_weight, k)
    # About the first row, so that means far from the origin keep their digits.
    sums = [np.bincount(component, sample_weight * column, k) for column in (rows - rows[0]).T]
    return rows[0] + np.stack(sums, axis=1) / total[:, None]
