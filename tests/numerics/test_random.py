"""Draws belong to rows: cutting the rows changes nothing, keys change everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.numerics.random import row_keys, row_uniforms


@given(
    first=st.integers(0, 2**40),
    sizes=st.lists(st.integers(0, 30), min_size=1, max_size=5),
    columns=st.integers(1, 7),
    seed=st.integers(0, 2**63 - 1),
)
def test_uniforms_of_a_row_do_not_depend_on_the_cut(
    first: int, sizes: list[int], columns: int, seed: int
) -> None:
    whole = row_uniforms(seed, "test", 3, first, sum(sizes), columns)
    assert whole.shape == (sum(sizes), columns)
    starts = np.cumsum([0, *sizes[:-1]])
    parts = [
        row_uniforms(seed, "test", 3, first + int(start), size, columns)
        for start, size in zip(starts, sizes, strict=True)
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


@given(first=st.integers(0, 2**50), cut=st.integers(0, 40))
def test_keys_of_a_row_do_not_depend_on_the_cut(first: int, cut: int) -> None:
    whole = row_keys(7, "test", first, 40)
    parts = [row_keys(7, "test", first, cut), row_keys(7, "test", first + cut, 40 - cut)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_uniforms_are_uniform_in_the_unit_interval() -> None:
    from scipy.stats import kstest

    numbers = row_uniforms(0, "test", 0, 0, 20_000, 5)
    assert numbers.min() >= 0.0
    assert numbers.max() < 1.0
    assert kstest(numbers.ravel(), "uniform").pvalue > 1e-3
    correlation = np.corrcoef(numbers, rowvar=False) - np.eye(5)
    assert np.abs(correlation).max() < 5 / np.sqrt(20_000)


def test_uniforms_are_those_of_numpys_generator() -> None:
    from hashlib import sha256

    key = int.from_bytes(sha256(b"11|2|dice").digest()[:16], "little")
    expected = np.random.Generator(np.random.Philox(key=key)).random((6, 3))
    np.testing.assert_array_equal(row_uniforms(11, "dice", 2, 0, 6, 3), expected)


@pytest.mark.parametrize(
    "other", [(1, "test", 0, 0), (0, "tes", 0, 0), (0, "test", 1, 0), (0, "test", 0, 1)]
)
def test_other_keys_give_unrelated_numbers(other: tuple[int, str, int, int]) -> None:
    here = row_uniforms(0, "test", 0, 0, 4000, 1).ravel()
    there = row_uniforms(*other, 4000, 1).ravel()
    assert abs(np.corrcoef(here, there)[0, 1]) < 5 / np.sqrt(4000)


def test_seed_and_iteration_are_not_confused() -> None:
    assert not np.array_equal(
        row_uniforms(1, "test", 23, 0, 4, 1), row_uniforms(12, "test", 3, 0, 4, 1)
    )


def test_no_rows_give_no_numbers() -> None:
    assert row_uniforms(0, "test", 0, 10, 0, 3).shape == (0, 3)
