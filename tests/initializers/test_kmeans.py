"""k-means: Lloyd's iterations end where scikit-learn's do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmmflow.distributions.gaussian import Gaussian
from gmmflow.errors import DataError
from gmmflow.initializers.kmeans import KMeans, lloyd, nearest
from gmmflow.numerics.seeding import greedy_seeds
from gmmflow.values.nearest import NearestRule


def inertia(rule: NearestRule, rows: np.ndarray, weight: np.ndarray) -> float:
    difference = (rows[:, None] - rule.seeds) / rule.scale
    return float(weight @ np.square(difference).sum(axis=2).min(axis=1))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("k", [2, 5, 9])
def test_ends_where_scikit_learn_ends(k: int, weighted: bool, groups: np.ndarray) -> None:
    from sklearn.cluster import KMeans as Reference

    rng = np.random.default_rng(k)
    weight = rng.uniform(0.5, 2.0, len(groups)) if weighted else np.ones(len(groups))
    scale = groups.std(axis=0)
    seeds = groups[greedy_seeds(groups, weight, scale, k, rng)]
    rule = lloyd(NearestRule(seeds, scale), groups, weight, 1000)
    reference = Reference(k, init=seeds / scale, n_init=1, tol=0.0, max_iter=1000)
    reference.fit(groups / scale, sample_weight=weight)
    np.testing.assert_allclose(rule.seeds / scale, reference.cluster_centers_, rtol=1e-9)
    assert inertia(rule, groups, weight) == pytest.approx(reference.inertia_, rel=1e-9)


@settings(max_examples=60)
@given(
    values=st.lists(st.integers(0, 12), min_size=4, max_size=40),
    k=st.integers(1, 4),
    seed=st.integers(0, 99),
)
def test_no_component_is_left_empty_and_inertia_never_rises(
    values: list[int], k: int, seed: int
) -> None:
    rows = np.array(values, float)[:, None]
    distinct = len(set(values))
    k = min(k, distinct)
    # Bad seeds on purpose: all but one lie far outside, so that their components are empty.
    seeds = np.concatenate([rows[:1], 1000.0 + np.arange(k - 1)[:, None]])
    weight = np.random.default_rng(seed).uniform(0.1, 1.0, len(rows))
    rule = NearestRule(seeds, np.ones(1))
    before = np.inf
    for _ in range(30):
        now = inertia(rule, rows, weight)
        assert now <= before * (1 + 1e-12) + 1e-12
        before, rule = now, lloyd(rule, rows, weight, 1)
    rule = lloyd(rule, rows, weight, 100)
    assert (np.bincount(nearest(rule, rows), minlength=k) > 0).all()
    np.testing.assert_array_equal(lloyd(rule, rows, weight, 100).seeds, rule.seeds)


def test_limit_is_kept(groups: np.ndarray) -> None:
    seeds = groups[:6]
    weight, scale = np.ones(len(groups)), groups.std(axis=0)
    once = lloyd(NearestRule(seeds, scale), groups, weight, 1)
    component = nearest(NearestRule(seeds, scale), groups)
    means = [groups[component == j].mean(axis=0) for j in range(6)]
    np.testing.assert_allclose(once.seeds, means, rtol=1e-12)


def test_old_faithful_start(
    faithful: np.ndarray,
    context: Callable[..., object],
    resp: Callable[..., np.ndarray],
    gaussian: Gaussian,
) -> None:
    """The two groups of eruptions, short and long, from any seed."""
    for seed in range(5):
        rule = KMeans().start(2, gaussian, context(faithful, seed=seed))
        long = resp(rule, 2, faithful)[:, rule.seeds[:, 0].argmax()] == 1
        assert long.sum() == 174
        np.testing.assert_allclose(rule.seeds.min(axis=0), faithful[~long].mean(axis=0), rtol=1e-12)


def test_fewer_distinct_rows_than_components(
    context: Callable[..., object], gaussian: Gaussian
) -> None:
    rows = np.repeat([[1.0], [2.0]], 5, axis=0)
    with pytest.raises(DataError, match="3 components cannot start: among the 10 rows"):
        KMeans().start(3, gaussian, context(rows))
