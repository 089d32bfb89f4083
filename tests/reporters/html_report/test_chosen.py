from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.reporters.html_report import chosen


@given(total=st.integers(1, 5000), limit=st.integers(2, 100))
def test_frames_keep_the_first_and_the_last_steps(total, limit):
    steps = chosen.iterations(total, limit)
    assert len(steps) <= limit
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0, total - 1)
    kept = min(21, total, limit - 1)
    assert steps[:kept] == list(range(kept))
    gaps = np.diff(steps[kept:])
    assert total <= limit or (np.diff(gaps) >= -1).all()  # ever fewer, up to rounding


@pytest.fixture
def wide(faithful):
    """Two components of twenty columns that differ in two of them."""
    means = np.zeros((2, 20))
    means[1, 7], means[1, 3] = 5, 3
    return replace(faithful.result.mixture, parameters={"means": means})


def test_the_columns_that_tell_the_components_apart(wide):
    shown, lead = chosen.columns(wide, np.ones(20), 10)
    assert [shown[i] for i in lead] == [3, 7]
    assert len(shown) == chosen.MAX_COLUMNS
    assert shown == sorted(shown)


def test_many_frames_leave_room_for_fewer_columns(wide):
    shown, _ = chosen.columns(wide, np.ones(20), 3000)
    assert 2 <= len(shown) < chosen.MAX_COLUMNS
    assert {3, 7} <= set(shown)
    assert 3000 * 2 * len(shown) * (len(shown) + 1) // 2 <= chosen.MAX_NUMBERS


def test_a_constant_column_tells_nothing(faithful):
    shown, lead = chosen.columns(faithful.result.mixture, np.array([0.0, 1.0]), 1)
    assert (shown, lead) == ([0, 1], [0, 1])
