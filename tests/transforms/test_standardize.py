import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.errors import DataError
from gmmflow.transforms.standardize import Standardize
from gmmflow.values.moments import measure

NAMES = ("a", "b", "c")


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    return rng.normal(size=(200, 3)) * [1, 1e6, 1e-3] + [0, 1e9, 5]


def test_columns_have_mean_0_and_deviation_1(rows):
    fitted = Standardize().fit(NAMES, measure(rows))
    out = fitted.apply(rows)
    np.testing.assert_allclose(out.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(out.std(axis=0), 1, rtol=1e-12)
    assert fitted.names(NAMES) == NAMES
    assert rows[0, 1] > 1e8, "the input is not changed"


def test_weights_count(rows):
    weight = np.random.default_rng(1).integers(0, 4, 200).astype(float)
    fitted = Standardize().fit(NAMES, measure(rows, weight))
    repeated = fitted.apply(np.repeat(rows, weight.astype(int), axis=0))
    np.testing.assert_allclose(repeated.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(repeated.std(axis=0), 1, rtol=1e-12)


def test_moments_are_those_of_the_transformed_rows(rows):
    fitted = Standardize().fit(NAMES, measure(rows[:50]))
    moments, direct = fitted.moments(measure(rows)), measure(fitted.apply(rows))
    assert (moments.n_rows, moments.weight) == (200, 200.0)
    for name in ("mean", "scatter", "low", "high"):
        np.testing.assert_allclose(getattr(moments, name), getattr(direct, name), rtol=1e-9)


def test_affine_and_log_jacobian_describe_apply(rows):
    fitted = Standardize().fit(NAMES, measure(rows))
    affine = fitted.affine()
    np.testing.assert_allclose(
        rows[:, affine.columns] * affine.scale + affine.shift, fitted.apply(rows), atol=1e-6
    )
    assert fitted.log_abs_det() == pytest.approx(np.log(affine.scale).sum(), rel=1e-14)


@given(split=st.integers(0, 200))
def test_row_by_row(split):
    rows = np.random.default_rng(2).normal(size=(200, 3))
    fitted = Standardize().fit(NAMES, measure(rows))
    parts = [fitted.apply(rows[:split]), fitted.apply(rows[split:])]
    np.testing.assert_array_equal(np.concatenate(parts), fitted.apply(rows))


def test_float32_stays_and_is_exact_far_from_the_origin(rows):
    single = (rows * [1, 1, 1]).astype(np.float32)
    fitted = Standardize().fit(NAMES, measure(single))
    out = fitted.apply(single)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out, fitted.apply(single.astype(float)), rtol=1e-6, atol=1e-12)


def test_restored_from_its_arrays(rows):
    fitted = Standardize().fit(NAMES, measure(rows))
    again = Standardize().restore(fitted.arrays())
    np.testing.assert_array_equal(again.apply(rows), fitted.apply(rows))


def test_constant_columns_are_refused(rows):
    rows[:, 0] = 4.5
    rows[:, 2] = 4.5
    with pytest.raises(DataError, match=r"column 'a', 'c' is constant \(4.5 in every row\)\n.*sel"):
        Standardize().fit(NAMES, measure(rows))


def test_variance_beyond_float64_is_refused(rows):
    rows[:, 1] *= 1e190
    with pytest.raises(DataError, match="variance of column 'b' is beyond float64"):
        Standardize().fit(NAMES, measure(rows))
