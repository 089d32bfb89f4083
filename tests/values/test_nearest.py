"""Every row to its nearest seed, ties to the first, whatever the blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.values.block import Block, Workspace
from gmmflow.values.nearest import NearestRule


def assign(
    rule: NearestRule, rows: np.ndarray, size: int, out_dtype: type = np.float64
) -> np.ndarray:
    centre, work, parts = rows.mean(axis=0, dtype=np.float64), Workspace(), []
    for low in range(0, len(rows), size):
        block = Block(rows[low : low + size], low, centre, work)
        out = np.full((len(rule.seeds), len(block)), np.nan, out_dtype)
        rule(block, out)
        np.testing.assert_array_equal(np.sort(np.unique(out)), np.unique(out))
        np.testing.assert_array_equal(out.sum(axis=0), 1.0)
        parts.append(out.argmax(axis=0))
    return np.concatenate(parts)


def brute_force(rule: NearestRule, rows: np.ndarray) -> np.ndarray:
    difference = (rows[:, None, :].astype(np.float64) - rule.seeds) / rule.scale
    return np.square(difference).sum(axis=2).argmin(axis=1)


@given(
    grid=st.integers(2, 5),
    k=st.integers(1, 6),
    size=st.integers(1, 40),
    offset=st.sampled_from([0.0, 0.1, 1e6]),
    seed=st.integers(0, 1000),
)
def test_ties_go_to_the_first_seed_in_blocks_of_any_size(
    grid: int, k: int, size: int, offset: float, seed: int
) -> None:
    # Integer rows and seeds: many rows are equally far from several seeds.
    rng = np.random.default_rng(seed)
    whole = rng.integers(0, grid, (40, 2)).astype(float)
    seeds = whole[rng.choice(40, k)]
    shift = np.full(2, offset)
    moved = NearestRule(seeds + shift, np.ones(2))
    if offset == 0.1:  # not exact in binary: the differences still are those of the given numbers
        expected = brute_force(moved, whole + shift)
    else:
        expected = brute_force(NearestRule(seeds, np.ones(2)), whole)
    np.testing.assert_array_equal(assign(moved, whole + shift, size), expected)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("out_dtype", [np.float64, np.float32])
@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_agrees_with_brute_force(dtype: type, out_dtype: type, offset: float) -> None:
    rng = np.random.default_rng(1)
    rows = (rng.standard_normal((3000, 5)) * [1, 10, 0.1, 1, 1] + offset).astype(dtype)
    rule = NearestRule(rows[:12].astype(np.float64), np.array([1.0, 10.0, 0.1, 1.0, 2.0]))
    np.testing.assert_array_equal(assign(rule, rows, 700, out_dtype), brute_force(rule, rows))


def test_an_outlier_does_not_spoil_the_others() -> None:
    rows = np.array([[0.0], [1.0], [1e9], [0.4], [0.6]])
    rule = NearestRule(np.array([[0.0], [1.0], [1e9]]), np.ones(1))
    np.testing.assert_array_equal(assign(rule, rows, 5), [0, 1, 2, 0, 1])


def test_the_scale_decides_who_is_near() -> None:
    rows = np.array([[0.0, 0.0], [1.0, 100.0], [1.0, 40.0]])
    raw = NearestRule(rows[:2], np.ones(2))
    scaled = NearestRule(rows[:2], np.array([0.5, 1000.0]))
    assert assign(raw, rows, 3)[2] == 0
    assert assign(scaled, rows, 3)[2] == 1


def test_an_empty_block_is_fine() -> None:
    out = np.empty((2, 0))
    NearestRule(np.eye(2), np.ones(2))(Block(np.empty((0, 2)), 0, np.zeros(2), Workspace()), out)
    assert out.shape == (2, 0)
