import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import chi2

from gmmflow.numerics.ellipse import outline, principal_axes, radius


@given(st.floats(1e-6, 1.0 - 1e-9))
def test_the_radius_is_the_root_of_a_chi_squared_quantile(level):
    assert radius(level) == pytest.approx(np.sqrt(chi2(2).ppf(level)), rel=1e-9)


@given(large=st.floats(1e-8, 1e8), share=st.floats(1e-6, 1.0), angle=st.floats(-1.5, 1.5))
def test_axes_of_a_turned_ellipse(large, share, angle):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    covariance = turn @ np.diag([large, large * share]) @ turn.T
    deviations, found = principal_axes((covariance + covariance.T) / 2.0)
    assert_allclose(deviations**2, [large, large * share], rtol=1e-8)
    if share < 0.9:
        assert found == pytest.approx(angle, abs=1e-8)


@pytest.mark.parametrize(
    ("covariance", "angle"),
    [
        ([[4.0, 0.0], [0.0, 1.0]], 0.0),
        ([[1.0, 0.0], [0.0, 4.0]], np.pi / 2),
        ([[1.0, -0.0], [-0.0, 4.0]], np.pi / 2),
        ([[2.0, 1.0], [1.0, 2.0]], np.pi / 4),
        ([[2.0, -1.0], [-1.0, 2.0]], -np.pi / 4),
        ([[3.0, 0.0], [0.0, 3.0]], 0.0),
    ],
)
def test_angles_lie_above_minus_a_right_angle(covariance, angle):
    assert principal_axes(np.array(covariance))[1] == pytest.approx(angle, abs=1e-15)


def test_columns_of_very_different_units_keep_both_axes():
    """Units 1e8 and 1e-8, correlation 0.6: what is left of the second column is 0.8e-8."""
    deviations, angle = principal_axes(np.array([[1e16, 0.6], [0.6, 1e-16]]))
    assert_allclose(deviations, [1e8, 0.8e-8], rtol=1e-12)
    assert angle == pytest.approx(0.6e-16, rel=1e-9)


def test_the_outline_starts_on_the_longer_axis():
    points = outline(np.array([1.0, 2.0]), np.diag([9.0, 4.0]), 2.0, 5)
    assert_allclose(points, [[7, 2], [1, 6], [-5, 2], [1, -2], [7, 2]], atol=1e-14)
