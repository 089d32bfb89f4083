"""Components that share their axes: densities along these axes, sums in the columns."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal

from gmmflow.covariances.vve import VVE
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.values.forms import Rotated, form_of

SHAPES = [(1, 1), (3, 1), (1, 4), (4, 3), (8, 10)]


def rotated(k: int, d: int, rng) -> dict:
    """Means within a few sd of the origin, variances from 0.1 to 10 along common axes."""
    axes = np.linalg.qr(rng.normal(size=(1, d, d)))[0]
    form = Rotated(axes, 10.0 ** rng.uniform(-1.0, 1.0, (k, d)))
    return {"means": rng.normal(size=(k, d)) * 3.0, **form.arrays()}


def kernel_of(parameters, log_weights, centre):
    return Gaussian(covariance=VVE()).kernel(parameters, log_weights, centre)


def log_joint(kernel, block) -> np.ndarray:
    out = np.full((kernel.shape[0], len(block)), np.nan, block.dtype)
    kernel.log_joint(block, out)
    return out


def scipys(x, parameters, log_weights) -> np.ndarray:
    k, d = parameters["means"].shape
    matrices = form_of(parameters).matrices(k, d)
    return np.stack(
        [
            weight + np.atleast_1d(multivariate_normal(mean, matrix).logpdf(x))
            for weight, mean, matrix in zip(log_weights, parameters["means"], matrices, strict=True)
        ]
    )


@pytest.mark.parametrize("way", ["product", "aside"])
@pytest.mark.parametrize(("k", "d"), SHAPES)
def test_log_densities_are_scipys(kit, always, k, d, way):
    always(way)
    rng = np.random.default_rng(k * 100 + d)
    parameters, log_weights = rotated(k, d, rng), np.log(rng.dirichlet(np.ones(k)))
    x = rng.normal(size=(200, d)) * 4.0
    centre = x.mean(axis=0)
    kernel, block = kernel_of(parameters, log_weights, centre), kit.block(x, centre)
    assert len(kernel.far(block)) == (k if way == "aside" else 0)
    expected = scipys(x, parameters, log_weights)
    # Variances to 0.1 and rows to 20: squared lengths to 4e4, of which 1e-11 are 2000 eps.
    assert_allclose(log_joint(kernel, block), expected, rtol=1e-11, atol=1e-11)


def test_single_precision_rows(kit, always):
    rng = np.random.default_rng(5)
    parameters = rotated(3, 4, rng)
    x = (rng.normal(size=(300, 4)) * 3.0).astype(np.float32)
    centre, expected = x.mean(axis=0, dtype=float), scipys(x.astype(float), parameters, np.zeros(3))
    for way, tolerance in (("product", 2e-5), ("aside", 2e-6)):
        always(way)
        got = log_joint(kernel_of(parameters, np.zeros(3), centre), kit.block(x, centre))
        assert got.dtype == np.float32
        assert_allclose(got, expected, rtol=tolerance, atol=tolerance * 30)


def test_axes_may_be_in_any_order_and_of_any_sign(kit):
    rng = np.random.default_rng(6)
    parameters = rotated(3, 4, rng)
    order, sign = np.array([2, 0, 3, 1]), np.array([1.0, -1.0, -1.0, 1.0])
    other = parameters | {
        "orientation": parameters["orientation"][:, :, order] * sign,
        "variances": parameters["variances"][:, order],
    }
    x = rng.normal(size=(50, 4))
    one, two = (
        log_joint(kernel_of(each, np.zeros(3), np.zeros(4)), kit.block(x, np.zeros(4)))
        for each in (parameters, other)
    )
    assert_allclose(one, two, rtol=1e-13, atol=1e-12)


def test_the_guard_looks_along_the_axes(kit):
    """A variance that no column shows: only the thin component is taken on its own."""
    axes = np.array([[[1.0, 1.0], [1.0, -1.0]]]) / 2**0.5
    parameters = {
        "means": np.full((2, 2), 3.0),
        "orientation": axes,
        "variances": np.array([[1.0, 1.0], [1.0, 1e-12]]),
    }
    x = 3.0 + np.random.default_rng(0).normal(size=(50, 1)) + np.zeros((1, 2))
    kernel, block = kernel_of(parameters, np.zeros(2), np.zeros(2)), kit.block(x, np.zeros(2))
    assert kernel.far(block).tolist() == [1]
    # Rows and means have equal columns: the squares along the thin axis are zero.
    along = 0.5 * ((x - 3.0) ** 2).sum(axis=1)
    expected = -along - np.log(2.0 * np.pi) - 0.5 * np.log([[1.0], [1e-12]])
    assert_allclose(log_joint(kernel, block), expected, rtol=1e-9)


@pytest.mark.parametrize("way", ["product", "aside"])
def test_weights_of_zero_and_next_to_it(kit, always, way):
    always(way)
    rng = np.random.default_rng(2)
    parameters, x = rotated(3, 5, rng), rng.normal(size=(70, 5))
    with np.errstate(divide="ignore"):
        log_weights = np.log([0.0, 1e-300, 1.0])
    got = log_joint(kernel_of(parameters, log_weights, np.zeros(5)), kit.block(x, np.zeros(5)))
    assert (got[0] == -np.inf).all()
    assert_allclose(got[1:], scipys(x, parameters, log_weights)[1:], rtol=1e-12)


@pytest.mark.parametrize("way", ["product", "aside"])
@pytest.mark.parametrize(("k", "d"), SHAPES[2:])
def test_sums_are_the_moments_of_dense_matrices(kit, always, k, d, way):
    """The M-step of shared axes needs whole scatters: an estimate without `previous` axes."""
    always(way)
    rng = np.random.default_rng(k * 10 + d)
    parameters, x = rotated(k, d, rng), rng.normal(size=(150, d)) + 2.0
    resp = rng.dirichlet(np.ones(k), 150).T.copy()
    centre, into = x.mean(axis=0), {}
    block = kit.block(x, centre)
    block.mass = resp.sum(axis=0)
    kernel = kernel_of(parameters, np.zeros(k), centre)
    kernel.accumulate(block, resp, into)
    n, shift, scatter = kernel.layout.moments(into, parameters["means"] - centre)
    means = (resp @ x) / resp.sum(axis=1)[:, None]
    delta = x - means[:, None]
    assert_allclose(n, resp.sum(axis=1), rtol=1e-13)
    assert_allclose(parameters["means"] + shift, means, rtol=1e-12, atol=1e-13)
    expected = np.einsum("kb,kbi,kbj->kij", resp, delta, delta)
    assert_allclose(scatter, expected, rtol=1e-11, atol=1e-11)
