"""Seeds are distinct rows, at the edges of the random numbers too."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.numerics.seeding import greedy_seeds


class Constant(np.random.Generator):
    """Draws one number again and again."""

    def __init__(self, value: float) -> None:
        super().__init__(np.random.PCG64(0))
        self._value = value

    def random(self, size: int) -> np.ndarray:  # type: ignore[override]
        return np.full(size, self._value)


@pytest.mark.parametrize("value", [0.0, 1.0 - 2.0**-53])
def test_the_smallest_and_the_largest_draw_pick_new_rows(value: float) -> None:
    rows = np.array([[0.0], [0.0], [3.0], [5.0], [5.0]])
    seeds = greedy_seeds(rows, np.ones(5), np.ones(1), 3, Constant(value))
    assert sorted(rows[seeds, 0]) == [0.0, 3.0, 5.0]


@given(
    values=st.lists(st.integers(0, 6), min_size=1, max_size=30),
    k=st.integers(1, 9),
    offset=st.sampled_from([0.0, 1e9]),
    seed=st.integers(0, 99),
)
def test_as_many_distinct_rows_as_there_are(
    values: list[int], k: int, offset: float, seed: int
) -> None:
    rows = np.array(values, float)[:, None] + offset
    weight = np.random.default_rng(seed).uniform(1e-9, 1e9, len(rows))
    seeds = greedy_seeds(rows, weight, np.array([0.3]), k, np.random.default_rng(seed))
    assert len(seeds) == len(set(rows[seeds, 0])) == min(k, len(set(values)))


def test_best_of_the_trials_is_kept() -> None:
    # Two far groups: with the first seed in one, any trial in the other wins, and 3 trials among
    # 4 + 4 rows with D^2 weights practically always include one.
    rows = np.concatenate([np.arange(4.0), 100.0 + np.arange(4.0)])[:, None]
    for i in range(50):
        seeds = greedy_seeds(rows, np.ones(8), np.ones(1), 2, np.random.default_rng(i))
        assert {bool(row > 50) for row in rows[seeds, 0]} == {False, True}
