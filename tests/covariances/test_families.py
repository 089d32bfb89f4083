"""The M-steps of the covariance families, by the formulas of Celeux and Govaert (1995)."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gmmflow.covariances.eee import EEE
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


@pytest.mark.parametrize(
    ("family", "counts"),
    # mclust's nVarParams at (k, d) = (1, 1), (3, 4), (5, 10)
    [(VVV, (1, 30, 275)), (EEE, (1, 10, 55)), (VVI, (1, 12, 50)), (VII, (1, 3, 5))],
)
def test_free_parameters(family, counts):
    sizes = [(1, 1), (3, 4), (5, 10)]
    assert tuple(family().n_free(k, d) for k, d in sizes) == counts


@pytest.mark.parametrize(
    ("family", "alias"), [(VVV, "full"), (EEE, "tied"), (VVI, "diag"), (VII, "spherical")]
)
def test_scikit_learns_names_are_the_same_family(family, alias):
    assert family(type=alias).needs == family().needs
