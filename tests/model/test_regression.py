"""Regression with a mixture, against its own conditional laws, integrals and random rows."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import quad

import gmmflow
from gmmflow.errors import DataError


def moments(law):
    """Mean and covariance of a mixture, component by component."""
    mean = law.weights @ law.means
    off = law.means - mean
    spread = law.covariances + off[:, :, None] * off[:, None, :]
    return mean, np.einsum("k,kij->ij", law.weights, spread)


@pytest.mark.parametrize("given", [["a"], ["c", "a"], ["b", "c", "d"]])
def test_each_row_has_the_moments_of_its_conditional_law(density, given):
    rows = density.sample(30, seed=2)[0][:, ["abcd".index(name) for name in given]]
    found = density.regress(dict(zip(given, rows.T, strict=True)))
    assert found.names == tuple(name for name in "abcd" if name not in given)
    for i, row in enumerate(rows):
        law = density.conditional(dict(zip(given, row, strict=True)))
        mean, covariance = moments(law)
        assert_allclose(found.resp[i], law.weights, rtol=1e-9, atol=1e-15)
        assert_allclose(found.mean[i], mean, rtol=1e-9, atol=1e-12)
        assert_allclose(found.covariance[i], covariance, rtol=1e-9, atol=1e-12)
    sd = np.sqrt(np.einsum("mii->mi", found.covariance))
    assert_array_equal(found.standard_deviation, sd)


def test_the_mean_is_the_integral_over_the_conditional_density(random_density):
    joint = random_density("VVV", d=2)

    def integral(f, a):
        return quad(
            lambda b: f(b) * np.exp(joint.score_samples([[a, b]])[0]), -25, 25,
            points=joint.means[:, 1], epsabs=1e-13, epsrel=1e-12, limit=200,
        )[0]  # fmt: skip

    for a in (-1.5, 0.4, 2.0):
        found = joint.regress({"a": a})
        whole = integral(lambda b: 1.0, a)
        mean = integral(lambda b: b, a) / whole
        variance = integral(lambda b, m=mean: (b - m) ** 2, a) / whole
        assert found.mean[0, 0] == pytest.approx(mean, rel=1e-8)
        assert found.covariance[0, 0, 0] == pytest.approx(variance, rel=1e-8)


def test_residuals_of_random_rows_tell_nothing_of_the_known_columns(density):
    """E[(y - mean(x)) f(x)] = 0 for every f, and so for the squares less the covariance."""
    n = 40_000
    rows, _ = density.sample(n, seed=7)
    found = density.regress({"a": rows[:, 0], "b": rows[:, 1]})
    residual = rows[:, 2:] - found.mean
    product = residual[:, 0] * residual[:, 1] - found.covariance[:, 0, 1]
    square = residual[:, 0] ** 2 - found.covariance[:, 0, 0]
    for f in (np.ones(n), rows[:, 0], np.sin(rows[:, 1]), rows[:, 0] > 1.0):
        for zero in (residual[:, 0], residual[:, 1], product, square):
            terms = zero * f
            assert abs(terms.mean()) < 5 * terms.std() / n**0.5


def test_far_out_the_covariance_keeps_its_digits(random_density):
    """At means of 1e8 times their spread, second moments would have none."""
    density = random_density("VVV")
    law, parameters = density.mixture.distribution, density.mixture.parameters
    shift = np.full(4, 1e8)
    moved = type(density)(
        density.names,
        type(density.mixture)(law, density.weights, law.affine(parameters, np.ones(4), shift)),
    )
    near = density.regress({"a": [0.5, 1.5]})
    far = moved.regress({"a": [1e8 + 0.5, 1e8 + 1.5]})
    assert_allclose(far.covariance, near.covariance, rtol=1e-6)
    assert_allclose(far.mean - 1e8, near.mean, atol=1e-6)


def test_tables_and_mappings_are_known_columns(random_density):
    import pandas as pd
    import pyarrow as pa

    density = random_density("VVV")
    columns = {"d": np.array([0.0, 1.0, 2.0]), "b": np.array([1.0, 1.0, 1.0])}
    expected = density.regress(columns)
    assert expected.names == ("a", "c")
    for given in (pd.DataFrame(columns), pa.table(columns), {3: [0, 1, 2], "b": 1}):
        found = density.regress(given)
        assert_array_equal(found.mean, expected.mean)
        assert_array_equal(found.covariance, expected.covariance)
    single = pd.DataFrame(columns).astype(np.float32)
    assert_array_equal(density.regress(single).mean, expected.mean)


def test_the_row_that_is_not_finite_is_named(random_density):
    with pytest.raises(DataError, match="column 'd' is given as inf in row 2"):
        random_density("VVV").regress({"b": 0.0, "d": [1.0, np.inf]})


def test_a_fitted_mixture_follows_a_curve():
    """A sine with more noise on its right side, from the joint law of both columns."""
    rng = np.random.default_rng(0)
    x = rng.uniform(0.0, 2.0 * np.pi, 3000)
    y = np.sin(x) + rng.normal(0.0, 0.05 + 0.05 * x)
    model = gmmflow.fit(np.column_stack([x, y]), 8, init="kmeans", transform=["standardize"])
    at = np.linspace(0.5, 5.5, 30)
    found = model.regress({"x0": at})
    assert found.names == ("x1",)
    # Eight straight pieces follow the curve within the noise of about 400 rows each.
    assert np.abs(found.mean[:, 0] - np.sin(at)).max() < 0.15
    low, high = found.standard_deviation[[2, 25], 0]
    assert low < 0.2 < high
