"""The M-steps of the covariance families, by the formulas of Celeux and Govaert (1995)."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gmmflow.covariances.eee import EEE
from gmmflow.covariances.eei import EEI
from gmmflow.covariances.eev import EEV
from gmmflow.covariances.eii import EII
from gmmflow.covariances.evi import EVI
from gmmflow.covariances.evv import EVV
from gmmflow.covariances.vii import VII
from gmmflow.covariances.vvi import VVI
from gmmflow.covariances.vvv import VVV

N = np.array([10.0, 30.0])
DENSE = np.array([[[20.0, 5.0], [5.0, 10.0]], [[60.0, -30.0], [-30.0, 90.0]]])


def test_vvv():
    form = VVV().maximize(N, DENSE, 2, None)
    assert_allclose(form.covariances, [[[2.0, 0.5], [0.5, 1.0]], [[2.0, -1.0], [-1.0, 3.0]]])


def test_eee():
    form = EEE().maximize(N, DENSE.sum(axis=0, keepdims=True), 2, None)
    assert_allclose(form.covariances, [[[2.0, -0.625], [-0.625, 2.5]]])


def test_vvi():
    form = VVI().maximize(N, np.einsum("kii->ki", DENSE), 2, None)
    assert_allclose(form.variances, [[2.0, 1.0], [2.0, 3.0]])


def test_vii():
    form = VII().maximize(N, np.einsum("kii->k", DENSE)[:, None], 2, None)
    assert_allclose(form.variances, [[1.5], [2.5]])


def test_eii():
    form = EII().maximize(N, np.einsum("kii->k", DENSE)[:, None], 2, None)
    assert_allclose(form.variances, [[2.25]])  # 180 / (40 * 2)


def test_eei():
    form = EEI().maximize(N, np.einsum("kii->ki", DENSE), 2, None)
    assert_allclose(form.variances, [[2.0, 2.5]])


def test_evi():
    # Geometric means 10 and 40 of diagonals (10, 10) and (80, 20): one volume of 50 / 40.
    form = EVI().maximize(N, np.array([[10.0, 10.0], [80.0, 20.0]]), 2, None)
    assert_allclose(form.variances, [[1.25, 1.25], [2.5, 0.625]])


def test_evv():
    # Determinants 100 and 1600, geometric means 10 and 40.
    scatter = np.array([[[10.0, 0.0], [0.0, 10.0]], [[50.0, 30.0], [30.0, 50.0]]])
    form = EVV().maximize(N, scatter, 2, None)
    assert_allclose(form.covariances, 1.25 * scatter / np.array([10.0, 40.0])[:, None, None])


def test_eev():
    # Eigenvalues (10, 20) and (20, 80), of axes turned by 45 degrees.
    scatter = np.array([[[10.0, 0.0], [0.0, 20.0]], [[50.0, 30.0], [30.0, 50.0]]])
    form = EEV().maximize(N, scatter, 2, None)
    expected = [[[0.75, 0.0], [0.0, 2.5]], [[1.625, 0.875], [0.875, 1.625]]]
    assert_allclose(form.covariances, expected)


@pytest.mark.parametrize(
    ("family", "alias"), [(VVV, "full"), (EEE, "tied"), (VVI, "diag"), (VII, "spherical")]
)
def test_scikit_learns_names_are_the_same_family(family, alias):
    assert family(type=alias).needs == family().needs
