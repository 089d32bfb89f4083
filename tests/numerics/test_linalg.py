"""Factors of covariance matrices, and the matrices that have none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from gmmflow.numerics.linalg import first_singular, inverse_factors


def covariance(seed, d, k=1, unit=0.0):
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(k, d, 2 * d + 1)) * 10.0 ** rng.uniform(-unit, unit, (k, d, 1))
    return mixing @ mixing.transpose(0, 2, 1)


@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 4), st.floats(0.0, 12.0))
def test_whitening_whitens_in_any_units(seed, d, k, unit):
    matrices = covariance(seed, d, k, unit)
    whitener, log_det = inverse_factors(matrices)
    assert first_singular(matrices) is None
    assert (np.triu(whitener, 1) == 0.0).all()
    # Correlations of 2 d + 1 random rows: condition numbers to some 1e4.
    product = whitener @ matrices @ whitener.transpose(0, 2, 1)
    assert_allclose(product, np.broadcast_to(np.eye(d), product.shape), atol=1e-9)
    sign, expected = np.linalg.slogdet(matrices)
    assert (sign == 1.0).all()
    assert_allclose(log_det, expected, rtol=1e-11, atol=1e-9)


def test_determinants_beyond_the_range_of_doubles():
    _, log_det = inverse_factors(np.stack([np.eye(300) * 1e-9, np.eye(300) * 1e9]))
    assert_allclose(log_det, [-300 * np.log(1e9), 300 * np.log(1e9)], rtol=1e-14)


def almost_singular(d, gap):
    """Two columns of correlation 1 - gap among d."""
    matrix = np.eye(d)
    matrix[0, 1] = matrix[1, 0] = 1.0 - gap
    return matrix


@pytest.mark.parametrize("d", [2, 5])
@pytest.mark.parametrize("scale", [1e-20, 1.0, 1e20])
def test_condition_numbers_to_1e12_pass_and_rounding_errors_do_not(d, scale):
    assert first_singular(almost_singular(d, 2e-12)[None] * scale) is None
    assert first_singular(almost_singular(d, 1e-15)[None] * scale) == 0


@pytest.mark.parametrize(
    "matrix",
    [
        np.zeros((2, 2)),
        np.ones((2, 2)),
        np.diag([1.0, -1.0]),
        np.array([[1.0, 2.0], [2.0, 1.0]]),
        np.array([[1.0, np.nan], [np.nan, 1.0]]),
        np.diag([np.inf, 1.0]),
        np.diag([0.0, 1.0]),
    ],
    ids=["zero", "rank one", "negative", "indefinite", "nan", "inf", "a constant column"],
)
def test_the_first_without_an_inverse_is_named(matrix):
    assert first_singular(np.stack([np.eye(2), matrix, matrix])) == 1
    assert first_singular(np.eye(2)[None]) is None


def test_unlike_units_are_not_singular():
    assert first_singular(np.diag([1e-24, 1.0, 1e24])[None]) is None
