"""k-means++: distinct seeds far apart, and every row for its nearest."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gmmflow.distributions.gaussian import Gaussian
from gmmflow.errors import DataError
from gmmflow.initializers.kmeans_pp import KMeansPP
from gmmflow.numerics.seeding import greedy_seeds

Context = Callable[..., object]
Resp = Callable[..., np.ndarray]


def test_each_group_gets_a_seed(
    groups: np.ndarray, context: Context, resp: Resp, gaussian: Gaussian
) -> None:
    for seed in range(5):
        rule = KMeansPP().start(6, gaussian, context(groups, seed=seed))
        np.testing.assert_array_equal(resp(rule, 6, groups).sum(axis=0), 50)


def test_raw_units_mislead_and_are_not_the_default(context: Context, gaussian: Gaussian) -> None:
    # Two groups in the first column; the second is noise in large numbers.
    rng = np.random.default_rng(0)
    rows = np.column_stack([np.repeat([0.0, 10.0], 200) + rng.standard_normal(400),
                            1e4 * rng.standard_normal(400)])  # fmt: skip

    def apart(scale: str) -> float:
        gaps = []
        for start in range(20):
            stage = KMeansPP(scale=scale)
            seeds = stage.start(2, gaussian, context(rows, start=start)).seeds
            gaps.append(abs(seeds[0, 0] - seeds[1, 0]) > 5)
        return float(np.mean(gaps))

    assert KMeansPP().scale == "sd"
    assert apart("sd") > apart("none")


def test_equal_seed_and_start_give_equal_rules(
    groups: np.ndarray, context: Context, gaussian: Gaussian
) -> None:
    def seeds(seed: int, start: int) -> np.ndarray:
        return KMeansPP().start(6, gaussian, context(groups, seed=seed, start=start)).seeds

    np.testing.assert_array_equal(seeds(1, 2), seeds(1, 2))
    assert not np.array_equal(seeds(1, 2), seeds(1, 3))
    assert not np.array_equal(seeds(1, 2), seeds(2, 2))


@given(cuts=st.lists(st.integers(0, 300), max_size=5))
def test_rule_does_not_depend_on_blocks(
    cuts: list[int], groups: np.ndarray, context: Context, resp: Resp, gaussian: Gaussian
) -> None:
    rule = KMeansPP().start(6, gaussian, context(groups))
    whole = resp(rule, 6, groups)
    np.testing.assert_array_equal(resp(pickle.loads(pickle.dumps(rule)), 6, groups, cuts), whole)


def test_as_many_components_as_rows(context: Context, resp: Resp, gaussian: Gaussian) -> None:
    rows = np.random.default_rng(2).standard_normal((17, 2))
    rule = KMeansPP().start(17, gaussian, context(rows))
    np.testing.assert_array_equal(resp(rule, 17, rows).sum(axis=0), 1)


@pytest.mark.parametrize("scale", ["sd", "none"])
def test_fewer_distinct_rows_than_components(
    scale: str, context: Context, gaussian: Gaussian
) -> None:
    rows = np.tile([[0.1, 5.0], [0.2, 5.0], [0.1, 6.0]], (10, 1))
    assert len(KMeansPP(scale=scale).start(3, gaussian, context(rows)).seeds) == 3
    with pytest.raises(DataError, match="among the 30 rows there are only 3 distinct rows") as info:
        KMeansPP(scale=scale).start(4, gaussian, context(rows))
    assert info.value.remedy == "ask for at most 3 components"


def test_all_rows_equal(context: Context, gaussian: Gaussian) -> None:
    with pytest.raises(DataError, match="among the 8 rows there is only 1 distinct row"):
        KMeansPP().start(2, gaussian, context(np.full((8, 3), 0.1)))


def test_few_distinct_rows_in_a_sample_are_called_so(context: Context, gaussian: Gaussian) -> None:
    rows = np.zeros((5000, 1))
    rows[77] = 1.0
    with pytest.raises(DataError, match="a sample of 20 of the 5,000 rows") as info:
        KMeansPP(sample=10).start(2, gaussian, context(rows))
    assert info.value.remedy == "raise init.sample, or ask for at most 1 components"


def test_rows_of_zero_weight_are_no_seeds(context: Context, gaussian: Gaussian) -> None:
    rows = np.arange(6.0)[:, None]
    weight = np.array([1.0, 0.0, 1.0, 0.0, 0.5, 0.0])
    seeds = KMeansPP().start(3, gaussian, context(rows, weight)).seeds
    assert sorted(seeds[:, 0]) == [0.0, 2.0, 4.0]
    with pytest.raises(DataError, match="the 3 rows"):
        KMeansPP().start(4, gaussian, context(rows, weight))


def test_first_seed_follows_the_weights() -> None:
    rows, weight = np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 2.0, 5.0])
    first = [
        greedy_seeds(rows, weight, np.ones(1), 1, np.random.default_rng(i))[0] for i in range(4000)
    ]
    np.testing.assert_allclose(np.bincount(first) / 4000, weight / 8, atol=0.04)


def test_seeds_are_as_good_as_those_of_scikit_learn(groups: np.ndarray) -> None:
    """Same algorithm (greedy, 2 + log k trials): the mean potential agrees within its error."""
    from sklearn.cluster import kmeans_plusplus

    x = groups / groups.std(axis=0)

    def potential(seeds: np.ndarray) -> float:
        return float(np.square(x[:, None] - x[seeds]).sum(axis=2).min(axis=1).sum())

    ours, theirs = [], []
    for i in range(60):
        rng = np.random.default_rng(i)
        ours.append(potential(greedy_seeds(x, np.ones(len(x)), np.ones(3), 9, rng)))
        theirs.append(potential(kmeans_plusplus(x, 9, random_state=i)[1]))
    error = np.sqrt((np.var(ours) + np.var(theirs)) / 60)
    assert abs(np.mean(ours) - np.mean(theirs)) < 4 * error


@pytest.mark.parametrize("options", [{"sample": 0}, {"scale": "raw"}, {"samples": 5}])
def test_wrong_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        KMeansPP(**options)
