"""Every form says what its dense matrices say."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gmmflow.values.forms import Dense, Diagonal, Rotated, Spherical, form_of

CLOSE = 1e-13


def test_matrices_are_symmetric_and_of_all_components(form, sizes):
    k, d = sizes
    matrices = form.matrices(k, d)
    assert matrices.shape == (k, d, d)
    assert_array_equal(matrices, matrices.transpose(0, 2, 1))


def test_arrays_are_read_back(form):
    """Among other parameters too."""
    again = form_of({"means": np.zeros((3, 4)), **form.arrays()})
    one_column = isinstance(form, Diagonal) and form.variances.shape[1] == 1
    assert type(again) is (Spherical if one_column else type(form))
    for name, value in form.arrays().items():
        assert_array_equal(again.arrays()[name], value)


def test_column_variances_are_the_diagonals(form, sizes):
    k, d = sizes
    expected = np.einsum("kii->ki", form.matrices(k, d))
    assert_allclose(np.broadcast_to(form.column_variances(), (k, d)), expected, rtol=CLOSE)


def test_eigenvalues(form, sizes):
    k, d = sizes
    found = np.sort(np.broadcast_to(form.eigenvalues(), (k, d)), axis=1)
    assert_allclose(found, np.linalg.eigvalsh(form.matrices(k, d)), rtol=CLOSE)


def test_clipped_has_the_same_axes_and_other_eigenvalues(form, sizes):
    k, d = sizes
    leading = len(next(iter(form.arrays().values())))
    low = np.linspace(0.5, 0.8, leading if not isinstance(form, Rotated) else k)[:, None]
    high = low + 1.5
    clipped = form.clipped(low, high)
    assert type(clipped) is type(form)
    values, vectors = np.linalg.eigh(form.matrices(k, d))
    inside = np.clip(values, low, high)
    expected = (vectors * inside[:, None, :]) @ vectors.transpose(0, 2, 1)
    assert_allclose(clipped.matrices(k, d), expected, rtol=CLOSE, atol=CLOSE)


def test_eigenvalues_inside_the_bounds_keep_every_bit(form, sizes):
    low, high = np.full((1, 1), 1e-3), np.full((1, 1), 1e3)
    clipped = form.clipped(low, high)
    assert_array_equal(clipped.matrices(*sizes), form.matrices(*sizes))


def test_plus_a_ridge(form, sizes):
    k, d = sizes
    expected = form.matrices(k, d) + 0.7 * np.eye(d)
    assert type(form.plus(0.7)) is type(form)
    assert_allclose(form.plus(0.7).matrices(k, d), expected, rtol=CLOSE, atol=CLOSE)


@pytest.mark.parametrize("equal", [True, False])
def test_scaled(form, sizes, equal):
    k, d = sizes
    scale = np.full(d, 3.0) if equal else np.linspace(0.1, 2.0, d)
    scaled = form.scaled(scale)
    if equal:
        assert type(scaled) is type(form)
    expected = form.matrices(k, d) * np.outer(scale, scale)
    assert_allclose(scaled.matrices(k, d), expected, rtol=CLOSE)


def test_marginal_takes_columns_in_their_order(name, make_form):
    form, columns = make_form(name, 3, 5), np.array([4, 0, 2])
    expected = form.matrices(3, 5)[:, columns[:, None], columns]
    assert_allclose(form.marginal(columns).matrices(3, 3), expected, rtol=CLOSE)


def test_deviates_have_the_covariance(form, sizes):
    """z -> A z with A A' = Sigma; linear, so the unit vectors say all."""
    k, d = sizes
    matrices = form.matrices(k, d)
    for c in range(k):
        root = form.deviates(c, np.eye(d)).T
        assert_allclose(root @ root.T, matrices[c], rtol=1e-12, atol=1e-12)
        z = np.random.default_rng(c).normal(size=(7, d))
        assert_allclose(form.deviates(c, z), z @ root.T, rtol=1e-12, atol=1e-12)


def test_positive_definite_matrices_are_not_singular(form):
    assert form.first_singular() is None


def test_none_of_them_is_changed(name, make_form):
    """Forms are values: what they are asked leaves them as they were."""
    form = make_form(name, 3, 4)
    before = {key: value.copy() for key, value in form.arrays().items()}
    bound = np.full((1, 1), 0.7)
    for value in form.arrays().values():
        value.flags.writeable = False
    form.clipped(bound, 2.0 * bound)
    form.plus(1.0)
    form.scaled(np.arange(1.0, 5.0))
    form.marginal(np.array([1, 3]))
    for key, value in form.arrays().items():
        assert_array_equal(value, before[key])


@pytest.mark.parametrize("kind", [Diagonal, Spherical])
@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_the_first_component_without_a_variance_is_named(kind, bad):
    variances = np.ones((4, 1 if kind is Spherical else 3))
    variances[2:, -1] = bad
    assert kind(variances).first_singular() == 2
    if kind is Diagonal:
        assert Rotated(np.eye(3)[None], variances).first_singular() == 2


def test_the_first_singular_matrix_is_named():
    matrices = np.tile(np.eye(2), (4, 1, 1))
    matrices[1] *= 1e-300  # small is not singular
    matrices[2] = 1.0
    matrices[3] = np.nan
    assert Dense(matrices).first_singular() == 2
    assert Dense(matrices[3:]).first_singular() == 0


def test_rows_of_unequal_units_leave_the_form():
    """Spheres become ellipses along the columns; shared axes do not stay orthogonal."""
    scale = np.array([1.0, 2.0])
    assert isinstance(Spherical(np.ones((1, 1))).scaled(scale), Diagonal)
    axes = np.linalg.qr(np.random.default_rng(0).normal(size=(1, 2, 2)))[0]
    assert isinstance(Rotated(axes, np.ones((3, 2))).scaled(scale), Dense)
    assert isinstance(Rotated(axes, np.ones((3, 2))).marginal(np.array([0])), Dense)
