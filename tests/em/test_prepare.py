"""Rows that cannot be fitted are refused before EM, each with what to do."""

import numpy as np
import pytest

import gmmflow
from gmmflow.errors import DataError


def refused(x, said, remedy, components=2, **options):
    with pytest.raises(DataError, match=said) as caught:
        gmmflow.fit(x, components, **options)
    assert remedy in caught.value.remedy


def test_fewer_rows_than_components():
    refused(np.eye(3), "3 rows cannot carry 4 components", "fewer components", components=4)


def test_rows_of_zero_weight_do_not_count():
    refused(np.arange(10.0), "1 row cannot carry 2", "fewer", sample_weight=[1.0] + [0.0] * 9)


def test_equal_rows():
    refused(np.ones((9, 2)), "all 9 rows are equal", "give rows that differ")


def test_a_single_row():
    refused([[1.0, 2.0]], "there is only 1 row: there is no spread", "give rows", components=1)


def test_a_constant_column():
    x = np.column_stack([np.arange(9.0), np.ones(9)])
    refused(x, "gaussian VVV: constant column: x1", "leave columns out")


def test_not_finite():
    x = np.ones((9, 2))
    x[4, 1] = np.nan
    refused(x, "row 5", "")


@pytest.mark.parametrize(
    ("dtype", "value", "limit"),
    [(np.float64, 1e200, "1e.150"), (np.float64, -1.7e308, "1e.150"), (np.float32, -3.4e38, "2e")],
)
def test_numbers_whose_squares_overflow(dtype, value, limit):
    """Such as the largest float32, which some programs write for a missing value."""
    x = np.random.default_rng(0).normal(size=(50, 2)).astype(dtype)
    x[[7, 8], 1] = value
    refused(x, f"column x1 holds .*{limit}.* do not fit in {dtype.__name__}", "missing value")


def test_large_numbers_that_can_be_squared_are_fitted():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=(50, 1)), rng.normal(size=(50, 1)) + 9.0])
    for scale in (1e-140, 1e140):
        model = gmmflow.fit(x * scale, 2)
        assert model.means.ravel() / scale == pytest.approx([0.0, 9.0], abs=0.4)
    single = (x * 1e14).astype(np.float32)
    assert gmmflow.fit(single, 2).means.ravel() / 1e14 == pytest.approx([0.0, 9.0], abs=0.4)
