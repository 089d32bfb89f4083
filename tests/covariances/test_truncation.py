"""Levels of truncation against a search over all levels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from gmmflow.covariances.truncation import truncated, truncated_by_column, truncation_level
from gmmflow.values.forms import Dense, Diagonal

SPREAD = np.array([1.0, 4.0])


def cost(level, values, n, ratio):
    """The criterion for eigenvalues clipped to [level, ratio * level]."""
    kept = np.clip(values, level, ratio * level)
    return float((n * (np.log(kept) + values / kept)).sum())


@given(
    seed=st.integers(0, 2**32 - 1),
    k=st.integers(1, 4),
    d=st.integers(1, 4),
    apart=st.floats(0.1, 8.0),
    ratio=st.sampled_from([1.0, 1.001, 2.0, 12.0, 1e4]),
    zeros=st.integers(0, 2),
)
def test_no_level_costs_less(seed, k, d, apart, ratio, zeros):
    rng = np.random.default_rng(seed)
    values, n = np.exp(apart * rng.normal(size=(k, d))), rng.uniform(0.1, 50.0, (k, 1))
    values.ravel()[: min(zeros, values.size - 1)] = 0.0
    found = truncation_level(values, n, ratio)
    lowest = cost(found, values, n, ratio)
    levels = np.concatenate(
        [
            found * np.exp(np.linspace(-1.0, 1.0, 201)),
            values.max() * np.exp(np.linspace(-30.0, 2.0, 400)),
        ]
    )
    others = min(cost(level, values, n, ratio) for level in levels)
    assert lowest <= others + 1e-12 * abs(others) + 1e-10


def test_a_ratio_of_1_is_the_mean():
    values, n = np.array([[1.0, 3.0], [5.0, 11.0]]), np.array([[1.0], [3.0]])
    assert truncation_level(values, n, 1.0) == pytest.approx((4.0 + 48.0) / 8.0)


def test_values_without_spread_have_no_level():
    assert truncation_level(np.zeros((2, 2)), np.ones((2, 1)), 10.0) == 0.0


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_levels_of_extreme_values(scale):
    values, n = np.array([[1.0, 100.0], [10.0, 10.0]]), np.array([[5.0], [7.0]])
    expected = truncation_level(values, n, 4.0)
    assert truncation_level(values * scale, n, 4.0) == pytest.approx(expected * scale)


def test_what_is_within_the_bounds_stays_as_it_is():
    form = Diagonal(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert truncated(form, np.ones(2), SPREAD, 1e-6, 10.0) is form
    assert truncated(form, np.ones(2), SPREAD, 1e-6, None) is form
    assert truncated_by_column(form, SPREAD, 1e-6) is form


def test_a_floor_of_all_columns_and_of_each():
    form = Diagonal(np.array([[1e-9, 2.0], [3.0, 1e-9]]))
    assert_allclose(
        truncated(form, np.ones(2), SPREAD, 0.01, None).arrays()["variances"],
        [[0.025, 2.0], [3.0, 0.025]],
    )
    assert_allclose(
        truncated_by_column(form, SPREAD, 0.01).arrays()["variances"], [[0.01, 2.0], [3.0, 0.04]]
    )


def test_a_column_without_spread_counts_with_the_mean():
    form = Diagonal(np.array([[1.0, 0.0]]))
    found = truncated_by_column(form, np.array([1.0, 0.0]), 0.01)
    assert_allclose(found.arrays()["variances"], [[1.0, 0.005]])


def test_a_floor_by_column_knows_no_units():
    rng = np.random.default_rng(0)
    root = rng.normal(size=(2, 3, 3)) * [1.0, 1.0, 1e-4]
    covariances, spread = root @ root.transpose(0, 2, 1), np.array([1.0, 2.0, 3.0])
    units = np.array([1e-6, 1.0, 1e5])
    plain = truncated_by_column(Dense(covariances), spread, 0.1)
    scaled = truncated_by_column(Dense(covariances).scaled(units), spread * units**2, 0.1)
    assert_allclose(scaled.matrices(2, 3), plain.scaled(units).matrices(2, 3), rtol=1e-9)


def test_under_a_floor_the_nearest_level_is_best():
    """The criterion is convex: no pair of bounds [m, ratio m] above the floor costs less."""
    values, n = np.array([[1e-6, 1e-5], [1.0, 50.0]]), np.array([20.0, 30.0])
    spread, floor, ratio = np.array([2.0]), 0.2, 10.0
    found = truncated(Diagonal(values), n, spread, floor, ratio).arrays()["variances"]
    costs = (n[:, None] * (np.log(found) + values / found)).sum()
    for level in 0.4 * np.exp(np.linspace(0.0, 3.0, 100)):
        assert costs <= cost(level, values, n[:, None], ratio) + 1e-9
    assert found.min() >= 0.4 - 1e-12
    assert found.max() / found.min() <= ratio * (1 + 1e-12)


def test_a_shared_matrix_counts_all_rows():
    form = Dense(np.array([[[1.0, 0.0], [0.0, 100.0]]]))
    found = truncated(form, np.array([3.0, 9.0]), SPREAD, 0.0, 4.0)
    assert_array_equal(found.matrices(1, 2)[0, 0, 1], 0.0)
    level = truncation_level(np.array([[1.0, 100.0]]), np.array([[12.0]]), 4.0)
    assert_allclose(np.diagonal(found.matrices(1, 2)[0]), [level, 4.0 * level])
