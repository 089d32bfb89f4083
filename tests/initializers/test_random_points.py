"""random_points: distinct rows, drawn by weight."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gmmflow.distributions.gaussian import Gaussian
from gmmflow.errors import DataError
from gmmflow.initializers.random_points import RandomPoints, draw_distinct


def test_seeds_are_distinct_rows(context: Callable[..., object], gaussian: Gaussian) -> None:
    rows = np.repeat(np.arange(4.0), 25)[:, None] * [1.0, -1.0]
    for start in range(20):
        seeds = RandomPoints().start(4, gaussian, context(rows, start=start)).seeds
        np.testing.assert_array_equal(np.sort(seeds[:, 0]), np.arange(4.0))


def test_zero_of_either_sign_is_one_value() -> None:
    rows = np.array([[0.0], [-0.0], [0.0]])
    assert len(draw_distinct(rows, np.ones(3), 2, np.random.default_rng(0))) == 1


def test_rows_are_drawn_by_weight() -> None:
    rows, weight = np.arange(3.0)[:, None], np.array([1.0, 2.0, 5.0])
    first = [draw_distinct(rows, weight, 1, np.random.default_rng(i))[0] for i in range(4000)]
    np.testing.assert_allclose(np.bincount(first) / 4000, weight / 8, atol=0.04)


def test_starts_differ_and_repeat(
    faithful: np.ndarray, context: Callable[..., object], gaussian: Gaussian
) -> None:
    def seeds(start: int) -> np.ndarray:
        return RandomPoints().start(3, gaussian, context(faithful, start=start)).seeds

    np.testing.assert_array_equal(seeds(0), seeds(0))
    assert not np.array_equal(seeds(0), seeds(1))


def test_as_many_components_as_rows(
    context: Callable[..., object], resp: Callable[..., np.ndarray], gaussian: Gaussian
) -> None:
    rows = np.random.default_rng(0).standard_normal((9, 2))
    rule = RandomPoints().start(9, gaussian, context(rows))
    np.testing.assert_array_equal(resp(rule, 9, rows).sum(axis=0), 1)


def test_fewer_distinct_rows_than_components(
    context: Callable[..., object], gaussian: Gaussian
) -> None:
    with pytest.raises(DataError, match="there is only 1 distinct row"):
        RandomPoints().start(2, gaussian, context(np.ones((6, 2))))
