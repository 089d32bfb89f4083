import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from gmmflow.numerics.eigenvalues import extreme_eigenvalues


@settings(max_examples=30, deadline=None)
@given(d=st.integers(1, 8), seed=st.integers(0, 10**6))
def test_those_of_a_solver_where_it_has_digits(d, seed):
    factor = np.random.default_rng(seed).normal(size=(3, d, d))
    matrices = factor @ factor.transpose(0, 2, 1) + 1e-2 * np.eye(d)
    smallest, largest = extreme_eigenvalues(matrices)
    values = np.linalg.eigvalsh(matrices)
    assert_allclose(smallest, values[:, 0], rtol=1e-9)
    assert_allclose(largest, values[:, -1], rtol=1e-12)


def test_units_1e12_apart_leave_the_smallest_its_digits():
    """mpmath, 60 digits: a solver in double precision sees rounding errors of 1e8 here."""
    from mpmath import mp

    correlation = np.array([[1.0, 0.6, -0.3], [0.6, 1.0, 0.2], [-0.3, 0.2, 1.0]])
    scale = np.array([1e-12, 1.0, 1e12])
    matrix = correlation * np.outer(scale, scale)
    with mp.workdps(80):
        exact = sorted(mp.eigsy(mp.matrix(matrix.tolist()), eigvals_only=True))
        low, high = float(exact[0]), float(exact[-1])
    smallest, largest = extreme_eigenvalues(matrix[None])
    assert smallest[0] == pytest.approx(low, rel=1e-12)
    assert largest[0] == pytest.approx(high, rel=1e-12)


def test_a_singular_matrix_has_the_eigenvalue_0():
    matrices = np.stack([np.ones((2, 2)), np.diag([1.0, 0.0]), np.diag([2.0, 1.0]), -np.eye(2)])
    smallest, largest = extreme_eigenvalues(matrices)
    assert_allclose(smallest, [0.0, 0.0, 1.0, 0.0], atol=1e-15)
    assert_allclose(largest, [2.0, 1.0, 2.0, -1.0], rtol=1e-15)


def test_one_column():
    smallest, largest = extreme_eigenvalues(np.array([[[4.0]], [[0.25]]]))
    assert_array_equal(smallest, [4.0, 0.25])
    assert_array_equal(largest, [4.0, 0.25])
