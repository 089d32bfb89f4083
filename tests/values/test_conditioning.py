import numpy as np
from numpy.testing import assert_array_equal

from gmmflow.values.conditioning import Conditioning


def test_condition_numbers_and_the_ratio_over_all():
    found = Conditioning(np.array([2.0, 0.5]), np.array([4.0, 8.0]))
    assert_array_equal(found.condition, [2.0, 16.0])
    assert found.ratio == 16.0


def test_a_singular_matrix_has_an_infinite_condition_number():
    found = Conditioning(np.array([0.0, 1.0]), np.array([1.0, 3.0]))
    assert_array_equal(found.condition, [np.inf, 3.0])
    assert found.ratio == np.inf


def test_a_law_without_variances_has_no_condition_number():
    found = Conditioning(np.array([np.nan, 1.0]), np.array([np.nan, 3.0]))
    assert_array_equal(found.condition, [np.nan, 3.0])
    assert np.isnan(found.ratio)
