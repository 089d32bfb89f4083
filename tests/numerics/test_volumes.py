"""Components that share a shape: one optimum, from anywhere, to rounding error."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gmmflow.numerics import volumes
from gmmflow.numerics.volumes import common_shape


def random_scatters(seed, k, d):
    rng = np.random.default_rng(seed)
    n = rng.uniform(10.0, 300.0, k)
    root = rng.normal(size=(k, d, d + 2)) * 10.0 ** rng.uniform(-3, 3, (k, 1, 1))
    return n, root @ root.transpose(0, 2, 1)


def alternate(n, scatter, rounds=3000):
    """Celeux and Govaert's alternation, in its simplest form."""
    lambdas = np.ones(len(n))
    d = scatter.shape[1]
    for _ in range(rounds):
        shape = (scatter / lambdas[:, None, None]).sum(axis=0)
        shape /= np.linalg.det(shape) ** (1.0 / d)
        lambdas = np.einsum("kij,ji->k", scatter, np.linalg.inv(shape)) / (n * d)
    return lambdas[:, None, None] * shape


@pytest.mark.parametrize("seed", range(5))
def test_what_alternation_converges_to(seed):
    n, scatter = random_scatters(seed, 3, 3)
    lambdas, shape = common_shape(n, scatter)
    expected = alternate(n, scatter)
    for found, one in zip(lambdas[:, None, None] * shape, expected, strict=True):
        assert_allclose(found, one, atol=1e-10 * np.abs(one).max())


@pytest.mark.parametrize("seed", range(5))
def test_diagonals_are_matrices_without_covariances(seed):
    n, scatter = random_scatters(seed, 4, 3)
    diagonals = np.einsum("kii->ki", scatter)
    lambdas, shape = common_shape(n, diagonals)
    whole = common_shape(n, diagonals[:, :, None] * np.eye(3))
    assert_allclose(lambdas[:, None] * shape, whole[0][:, None] * np.diagonal(whole[1]), rtol=1e-11)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_it_is_stationary_from_any_start_at_any_scale(scale):
    n, scatter = random_scatters(7, 5, 4)
    scatter = scatter * scale**2
    for start in (None, np.ones(5), np.array([1e-12, 1e-3, 1.0, 1e6, 1e12])):
        lambdas, shape = common_shape(n, scatter, start)
        # tr(Sigma_k^-1 W_k) = n_k d, and Sigma = sum of W_k / lambda_k over n.
        trace = np.einsum("kij,ji->k", scatter, np.linalg.inv(shape)) / lambdas
        assert_allclose(trace, n * 4, rtol=1e-12)
        pooled = (scatter / lambdas[:, None, None]).sum(axis=0) / n.sum()
        assert_allclose(pooled, shape, rtol=1e-12)


def test_a_near_start_takes_few_rounds(monkeypatch):
    n, scatter = random_scatters(1, 4, 3)
    lambdas, _ = common_shape(n, scatter)
    monkeypatch.setattr(volumes, "ROUNDS", 3)
    assert_allclose(common_shape(n, scatter, lambdas * 1.01)[0], lambdas, rtol=1e-12)


def test_many_rows_in_too_few_directions_have_no_maximum():
    scatter = np.array([np.diag([1.0, 0.0]), np.eye(2)])
    for given in (scatter, np.einsum("kii->ki", scatter)):
        with pytest.raises(np.linalg.LinAlgError):
            common_shape(np.array([100.0, 50.0]), given)
        # As many rows as directions are paid for by the others.
        lambdas, _ = common_shape(np.array([20.0, 50.0]), given)
        assert (lambdas > 0.0).all()
