"""The two ways of the Gaussian kernel: both right, and the right one chosen."""

import pickle

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal

from gmmflow.kernels.gaussian import LOG_2PI
from gmmflow.kernels.guard import TOLERANCE

FAMILIES = ["VVV", "EEE", "VVI", "VII"]


def log_joint(kernel, block, k) -> np.ndarray:
    out = np.full((k, len(block)), np.nan, block.dtype)
    kernel.log_joint(block, out)
    return out


def scipy_log_joint(x, parameters, log_weights, matrices) -> np.ndarray:
    return np.stack(
        [
            w + np.atleast_1d(multivariate_normal(mean, covariance).logpdf(x))
            for w, mean, covariance in zip(
                log_weights, parameters["means"], matrices(parameters), strict=True
            )
        ]
    )


@pytest.mark.parametrize("way", ["product", "aside"])
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("k", "d"), [(1, 1), (3, 1), (1, 4), (4, 3), (8, 10)])
def test_log_densities_are_scipys(kit, always, family, k, d, way):
    always(way)
    rng = np.random.default_rng(k * 100 + d)
    parameters = kit.components(family, k, d, rng)
    log_weights = np.log(rng.dirichlet(np.ones(k)))
    x = rng.normal(size=(200, d)) * 4.0
    kernel = kit.kernel(family, parameters, log_weights, x.mean(axis=0))
    block = kit.block(x, x.mean(axis=0))
    assert len(kernel.far(block)) == (k if way == "aside" else 0)
    expected = scipy_log_joint(x, parameters, log_weights, kit.matrices)
    # Condition numbers to 1e4 and log densities to 1e4: 1e-12 of them is 1e-8 absolute at worst.
    assert_allclose(log_joint(kernel, block, k), expected, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("family", FAMILIES)
def test_single_precision_rows(kit, always, family):
    rng = np.random.default_rng(5)
    parameters = kit.components(family, 3, 4, rng)
    x = (rng.normal(size=(300, 4)) * 3.0).astype(np.float32)
    expected = scipy_log_joint(x.astype(float), parameters, np.zeros(3), kit.matrices)
    centre = x.mean(axis=0, dtype=float)
    for way, tolerance in (("product", 2e-5), ("aside", 2e-6)):
        always(way)
        got = log_joint(
            kit.kernel(family, parameters, np.zeros(3), centre), kit.block(x, centre), 3
        )
        assert got.dtype == np.float32
        assert_allclose(got, expected, rtol=tolerance, atol=tolerance * 30)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 8),
    st.floats(-3.0, 4.5),
    st.floats(-5.0, 0.0),
    st.sampled_from(FAMILIES),
)
def test_the_bound_holds_and_is_not_idle(kit_module, seed, d, distance, thinness, family):
    """Wherever the product is allowed it is within the tolerance of the other way."""
    rng = np.random.default_rng(seed)
    kit, force = kit_module
    parameters = kit.components(family, 1, d, rng)
    unit = 10.0 ** rng.uniform(-6, 6, size=d)
    if family in ("VVV", "EEE"):
        mixing = np.ones((d, d)) + 10.0**thinness * rng.normal(size=(d, d))
        parameters["covariances"] = (mixing @ mixing.T)[None] * np.outer(unit, unit)
        assume(np.linalg.cond(mixing) < 1e5)
        ordinary = np.linalg.cond(mixing) < 30.0
    else:
        ordinary = True
    sd = np.sqrt(np.einsum("kii->ki", kit.matrices(parameters)))[0]
    parameters["means"] = (rng.normal(size=(1, d)) * 10.0**distance) * sd
    x = rng.multivariate_normal(np.zeros(d), kit.matrices(parameters)[0], 40, method="cholesky")
    x += parameters["means"]
    centre = np.zeros(d)
    block = kit.block(x, centre)
    chosen = kit.kernel(family, parameters, np.zeros(1), centre)
    with force("product"):
        product = log_joint(kit.kernel(family, parameters, np.zeros(1), centre), block, 1)
    with force("aside"):
        aside = log_joint(kit.kernel(family, parameters, np.zeros(1), centre), block, 1)
    error = np.abs(product - aside).max()
    if not len(chosen.far(block)):
        assert error <= TOLERANCE["d"]
    else:
        assert distance > 1.0 or not ordinary, "the slow way near the centre"


@pytest.fixture(scope="module")
def kit_module(kit):
    """The kit, and a context in which kernels take one way (Hypothesis runs many in one test)."""
    from contextlib import contextmanager

    from gmmflow.kernels import guard

    @contextmanager
    def force(way):
        with pytest.MonkeyPatch.context() as patch:
            tolerance = {"product": np.inf, "aside": 0.0}[way]
            patch.setattr(guard, "TOLERANCE", {"d": tolerance, "f": tolerance})
            yield

    return kit, force


def test_the_guard_looks_at_each_component(kit):
    """A component far from the centre or tiny is taken aside, and no other."""
    eye = np.eye(2)
    parameters = {
        "means": np.array([[0.0, 0.0], [1e6, 0.0], [1.0, 1.0]]),
        "covariances": np.stack([eye, eye, 1e-12 * eye]),
    }
    x = np.random.default_rng(0).normal(size=(50, 2))
    kernel = kit.kernel("VVV", parameters, np.zeros(3), np.zeros(2))
    assert kernel.far(kit.block(x, np.zeros(2))).tolist() == [1, 2]


def test_the_guard_looks_at_each_block(kit):
    """One outlier demotes its own block only."""
    parameters = {"means": np.zeros((1, 2)), "covariances": np.eye(2)[None]}
    kernel = kit.kernel("VVV", parameters, np.zeros(1), np.zeros(2))
    x = np.random.default_rng(0).normal(size=(50, 2))
    assert not len(kernel.far(kit.block(x, np.zeros(2))))
    x[7] = 1e7
    assert kernel.far(kit.block(x, np.zeros(2))).tolist() == [0]


def test_units_of_columns_cost_no_speed(kit):
    unit = np.array([1e-12, 1.0, 1e12])
    x = np.random.default_rng(0).normal(size=(50, 3)) * unit
    parameters = {"means": np.zeros((1, 3)), "covariances": np.diag(unit**2)[None]}
    kernel = kit.kernel("VVV", parameters, np.zeros(1), np.zeros(3))
    assert not len(kernel.far(kit.block(x, np.zeros(3))))


def test_one_shared_matrix_keeps_components_together(kit):
    """Their row term is one: either all carry it or none."""
    parameters = {"means": np.array([[0.0], [1e6]]), "covariances": np.ones((1, 1, 1))}
    kernel = kit.kernel("EEE", parameters, np.log([0.5, 0.5]), np.zeros(1))
    x = np.array([[0.5], [-0.5]])
    block = kit.block(x, np.zeros(1))
    assert kernel.far(block).tolist() == [0, 1]
    expected = scipy_log_joint(x, parameters, np.log([0.5, 0.5]), kit.matrices)
    assert_allclose(log_joint(kernel, block, 2), expected, rtol=1e-14)


def test_determinants_in_200_dimensions(kit):
    """det = 1e-1200 and 1e1200 are no doubles; the sums of their logs are."""
    d = 200
    for variance in (1e-6, 1e6):
        parameters = {"means": np.zeros((1, d)), "covariances": np.eye(d)[None] * variance}
        kernel = kit.kernel("VVV", parameters, np.zeros(1), np.zeros(d))
        got = log_joint(kernel, kit.block(np.zeros((1, d)), np.zeros(d)), 1)
        assert_allclose(got, -0.5 * d * (LOG_2PI + np.log(variance)), rtol=1e-15)


def test_determinant_of_a_dense_matrix_in_200_dimensions(kit):
    """Tridiagonal 2, -1: its determinant is d + 1, and the first row of its inverse is known."""
    d = 200
    matrix = 2.0 * np.eye(d) - np.eye(d, k=1) - np.eye(d, k=-1)
    parameters = {"means": np.zeros((1, d)), "covariances": matrix[None]}
    kernel = kit.kernel("VVV", parameters, np.zeros(1), np.zeros(d))
    x = np.zeros((2, d))
    x[1, 0] = 1.0
    at_mean = -0.5 * (d * LOG_2PI + np.log(d + 1.0))
    expected = [at_mean, at_mean - 0.5 * d / (d + 1.0)]
    # The condition number is 1.6e4: 1e-13 is 0.03 of eps times it.
    assert_allclose(log_joint(kernel, kit.block(x, np.zeros(d)), 1)[0], expected, rtol=1e-13)


@pytest.mark.parametrize("way", ["product", "aside"])
@pytest.mark.parametrize("family", FAMILIES)
def test_weights_of_zero_and_next_to_it(kit, always, family, way):
    always(way)
    rng = np.random.default_rng(2)
    parameters = kit.components(family, 3, 5, rng)
    x = rng.normal(size=(70, 5))
    with np.errstate(divide="ignore"):
        log_weights = np.log([0.0, 1e-300, 1.0])
    kernel = kit.kernel(family, parameters, log_weights, np.zeros(5))
    got = log_joint(kernel, kit.block(x, np.zeros(5)), 3)
    assert (got[0] == -np.inf).all()
    expected = scipy_log_joint(x, parameters, log_weights, kit.matrices)
    assert_allclose(got[1:], expected[1:], rtol=1e-12)


def test_kernels_travel(kit):
    rng = np.random.default_rng(2)
    parameters = kit.components("VVV", 3, 2, rng)
    kernel = kit.kernel("VVV", parameters, np.zeros(3), np.zeros(2))
    block = kit.block(rng.normal(size=(40, 2)), np.zeros(2))
    here = log_joint(kernel, block, 3)
    there = log_joint(pickle.loads(pickle.dumps(kernel)), block, 3)
    assert (here == there).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("k", "d"), [(1, 47), (3, 48), (5, 70), (20, 200)])
def test_many_columns_are_whitened_component_by_component(kit, k, d, dtype):
    """Panels of triangular factors, and groups of components: the densities are SciPy's."""
    rng = np.random.default_rng(d)
    parameters = kit.components("VVV", k, d, rng)
    log_weights = np.log(rng.dirichlet(np.ones(k)))
    x = (rng.normal(size=(90, d)) * 2.0).astype(dtype)
    centre = x.mean(axis=0, dtype=float)
    kernel = kit.kernel("VVV", parameters, log_weights, centre)
    block = kit.block(x, centre)
    assert dtype == np.float32 or not len(kernel.far(block))
    expected = scipy_log_joint(x.astype(float), parameters, log_weights, kit.matrices)
    units = 2000 * np.finfo(dtype).eps
    assert_allclose(log_joint(kernel, block, k), expected, rtol=units, atol=units)
