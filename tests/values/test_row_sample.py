"""The sample is that of all rows, however they were cut and merged."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.numerics.random import row_keys
from gmmflow.numerics.tree import tree_reduce
from gmmflow.values.row_sample import RowSample, draw_rows, merge_samples


@given(
    n=st.integers(1, 60),
    size=st.integers(1, 70),
    cuts=st.lists(st.integers(0, 60), max_size=6),
    weighted=st.booleans(),
    backwards=st.booleans(),
)
def test_sample_does_not_depend_on_cuts_or_order_of_merging(
    n: int, size: int, cuts: list[int], weighted: bool, backwards: bool
) -> None:
    rng = np.random.default_rng(n)
    rows = rng.standard_normal((n, 2))
    weight = rng.integers(0, 3, n).astype(float) if weighted else None
    edges = [0, *sorted(min(cut, n) for cut in cuts), n]
    parts = [
        draw_rows(rows[a:b], a, None if weight is None else weight[a:b], size, seed=4)
        for a, b in pairwise(edges)
    ]
    if backwards:
        parts.reverse()
    merged = tree_reduce(parts, merge_samples)
    assert merged is not None
    got, got_weight = merged.in_order()

    # By definition: the rows of positive weight with the smallest keys, in their order.
    eligible = np.arange(n) if weight is None else np.flatnonzero(weight > 0)
    keys = row_keys(4, "row sample", 0, n)
    chosen = np.sort(eligible[np.argsort(keys[eligible])[:size]])
    np.testing.assert_array_equal(got, rows[chosen])
    expected = np.ones(len(chosen)) if weight is None else weight[chosen]
    np.testing.assert_array_equal(got_weight, expected)


def test_every_row_is_drawn_equally_often() -> None:
    rows = np.arange(20.0)[:, None]
    counts = np.zeros(20)
    for seed in range(2000):
        drawn, _ = draw_rows(rows, 0, None, 5, seed).in_order()
        counts[drawn[:, 0].astype(int)] += 1
    # 5 of 20: 500 times each, with a standard deviation of 19.
    assert np.abs(counts - 500).max() < 5 * 19.4


def test_equal_keys_go_by_the_order_of_the_data() -> None:
    keys = np.array([5, 5, 5], np.uint64)

    def part(index: int) -> RowSample:
        one = slice(index, index + 1)
        indices = np.arange(3)
        return RowSample(2, keys[one], indices[one], np.eye(3)[one], np.ones(1))

    merged = merge_samples(merge_samples(part(2), part(1)), part(0))
    np.testing.assert_array_equal(np.sort(merged.indices), [0, 1])


def test_float32_rows_come_out_as_float64() -> None:
    rows = np.array([[0.1], [0.2]], np.float32)
    drawn, weight = draw_rows(rows, 0, None, 5, 0).in_order()
    assert drawn.dtype == weight.dtype == np.float64
    np.testing.assert_array_equal(drawn, rows)


def test_a_sample_of_no_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one row, not 0"):
        draw_rows(np.ones((3, 1)), 0, None, 0, 0)
