"""random_resp: uniform on the simplex, a function of seed, start and row."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.covariances.vvv import VVV
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.initializers.random_resp import RandomResp

Resp = Callable[..., np.ndarray]


def start(context: Callable[..., object], rows: np.ndarray, **keys: int) -> object:
    return RandomResp().start(3, Gaussian(covariance=VVV()), context(rows, **keys))


@given(cuts=st.lists(st.integers(0, 272), max_size=5))
def test_rule_does_not_depend_on_blocks(
    cuts: list[int], faithful: np.ndarray, context: Callable[..., object], resp: Resp
) -> None:
    rule = start(context, faithful)
    whole = resp(rule, 3, faithful)
    np.testing.assert_array_equal(resp(pickle.loads(pickle.dumps(rule)), 3, faithful, cuts), whole)


def test_rows_are_uniform_on_the_simplex(context: Callable[..., object], resp: Resp) -> None:
    from scipy.stats import kstest

    rows = np.zeros((20_000, 1))
    drawn = resp(start(context, rows), 3, rows)
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0, rtol=1e-15)
    assert (drawn > 0).all()
    for component in drawn.T:  # each coordinate of Dirichlet(1, 1, 1) is Beta(1, 2)
        assert kstest(component, "beta", args=(1, 2)).pvalue > 1e-3


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_rows_sum_to_one(k: int, dtype: type, context: Callable[..., object], resp: Resp) -> None:
    rows = np.zeros((100, 1))
    drawn = resp(start(context, rows), k, rows, dtype=dtype)
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0, rtol=1e-6)


def test_seed_and_start_change_the_draws(
    faithful: np.ndarray, context: Callable[..., object], resp: Resp
) -> None:
    def drawn(**keys: int) -> np.ndarray:
        return resp(start(context, faithful, **keys), 3, faithful)

    np.testing.assert_array_equal(drawn(seed=1, start=2), drawn(seed=1, start=2))
    assert not np.array_equal(drawn(seed=1, start=2), drawn(seed=2, start=2))
    assert not np.array_equal(drawn(seed=1, start=2), drawn(seed=1, start=1))
