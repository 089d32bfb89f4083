"""Marginal and conditional laws: exact identities, SciPy, and random rows."""

from __future__ import annotations

from itertools import permutations
from typing import Literal

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import quad
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from gmmflow.covariances.vvv import VVV
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.errors import DataError
from gmmflow.model import MixtureDensity
from gmmflow.values.mixture import Mixture


def scipy_log_density(density, x):
    laws = zip(density.weights, density.means, density.covariances, strict=True)
    return logsumexp([np.log(w) + multivariate_normal(m, c).logpdf(x) for w, m, c in laws], axis=0)


def test_the_law_of_all_columns_is_that_of_scipy(density):
    rows, components = density.sample(200, seed=1)
    assert rows.shape == (200, 4)
    assert_allclose(density.score_samples(rows), scipy_log_density(density, rows), rtol=1e-12)
    assert_allclose(density.predict_proba(rows).sum(axis=1), 1.0, rtol=1e-14)
    assert (density.predict(rows) == components).mean() > 1 / 3


@pytest.mark.parametrize("columns", [[0], [2, 0], ["d"], ["d", "b", "a"], [1, "c"], "b", 3])
def test_marginals_have_the_moments_of_their_columns(density, columns):
    named = columns if isinstance(columns, list) else [columns]
    at = ["abcd".index(c) if isinstance(c, str) else c for c in named]
    marginal = density.marginal(columns)
    assert marginal.names == tuple("abcd"[i] for i in at)
    assert_array_equal(marginal.weights, density.weights)
    assert_array_equal(marginal.means, density.means[:, at])
    assert_allclose(marginal.covariances, density.covariances[:, at][:, :, at], rtol=1e-14)
    rows = density.sample(50)[0][:, at]
    assert_allclose(marginal.score_samples(rows), scipy_log_density(marginal, rows), rtol=1e-11)


def test_columns_in_another_order_are_the_same_law(density):
    rows, _ = density.sample(20)
    expected = density.score_samples(rows)
    for order in permutations(range(4)):
        again = density.marginal(order).score_samples(rows[:, order])
        assert_allclose(again, expected, rtol=1e-12)


@pytest.mark.parametrize("family", ["VVV", "VVE", "VVI", "VII"])
def test_a_marginal_density_is_the_integral_of_the_joint_one(random_density, family):
    joint = random_density(family, d=2)
    marginal = joint.marginal("a")
    for a in (-3.0, 0.0, 1.7):
        whole, _ = quad(
            lambda b, a=a: np.exp(joint.score_samples([[a, b]])[0]), -25, 25,
            points=joint.means[:, 1], epsabs=1e-13, epsrel=1e-12, limit=200,
        )  # fmt: skip
        assert np.exp(marginal.score_samples([[a]])[0]) == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("given", [["a"], ["d", "b"], ["a", "c", "d"]])
def test_joint_is_marginal_times_conditional(density, given):
    rows, _ = density.sample(25, seed=3)
    at = ["abcd".index(name) for name in given]
    left = [i for i in range(4) if i not in at]
    marginal = density.marginal(given).score_samples(rows[:, at])
    joint = density.score_samples(rows)
    for row, log_marginal, log_joint in zip(rows, marginal, joint, strict=True):
        conditional = density.conditional(dict(zip(given, row[at], strict=True)))
        assert conditional.names == tuple("abcd"[i] for i in left)
        log_conditional = conditional.score_samples(row[None, left])[0]
        assert log_marginal + log_conditional == pytest.approx(log_joint, abs=1e-12, rel=1e-12)


def test_marginal_and_conditional_commute(density):
    one = density.conditional({"b": 0.3, "d": -1.0}).marginal("c")
    other = density.marginal(["d", "c", "b"]).conditional({"d": -1.0, "b": 0.3})
    assert one.names == other.names == ("c",)
    for part in ("weights", "means", "covariances"):
        assert_allclose(getattr(one, part), getattr(other, part), rtol=1e-11, atol=1e-13)


def test_conditioning_twice_is_conditioning_on_both(density):
    twice = density.conditional({"b": 0.3}).conditional({"d": -1.0})
    once = density.conditional({"b": 0.3, "d": -1.0})
    for part in ("weights", "means", "covariances"):
        assert_allclose(getattr(twice, part), getattr(once, part), rtol=1e-11, atol=1e-13)


def test_conditional_components_against_the_textbook(random_density):
    density = random_density("VVV")
    found = density.conditional({1: 0.5, 3: -0.25})
    x, g, q = np.array([0.5, -0.25]), [1, 3], [0, 2]
    laws = list(zip(density.means, density.covariances, strict=True))
    weights = density.weights * [multivariate_normal(m[g], c[np.ix_(g, g)]).pdf(x) for m, c in laws]
    assert_allclose(found.weights, weights / weights.sum(), rtol=1e-12)
    for i, (mean, cov) in enumerate(laws):
        gain = cov[np.ix_(q, g)] @ np.linalg.inv(cov[np.ix_(g, g)])
        assert_allclose(found.means[i], mean[q] + gain @ (x - mean[g]), rtol=1e-11)
        left = cov[np.ix_(q, q)] - gain @ cov[np.ix_(g, q)]
        assert_allclose(found.covariances[i], left, rtol=1e-10, atol=1e-13)


def test_units_of_the_columns_cost_no_digits(random_density):
    density = random_density("VVV")
    scale = np.array([1e-9, 1.0, 1e9, 1e3])
    moved = density.mixture.distribution.affine(density.mixture.parameters, scale, 1e3 * scale)
    far = MixtureDensity(
        density.names, Mixture(density.mixture.distribution, density.weights, moved)
    )
    found = far.conditional({"a": 1e-9 * 1000.4, "c": 1e9 * 1001.0})
    expected = density.conditional({"a": 0.4, "c": 1.0})
    assert_allclose(found.weights, expected.weights, rtol=1e-9)
    assert_allclose(found.means / scale[[1, 3]] - 1e3, expected.means, atol=1e-9)
    unit = np.outer(scale[[1, 3]], scale[[1, 3]])
    assert_allclose(found.covariances / unit, expected.covariances, rtol=1e-9)


def test_nearly_equal_columns_leave_a_positive_definite_rest():
    """A correlation of 1 - 5e-11 leaves a variance of 1e-10."""
    cov = np.array([[[1.0, 1.0 - 5e-11], [1.0 - 5e-11, 1.0]]])
    parameters = {"means": np.zeros((1, 2)), "covariances": cov}
    density = MixtureDensity(
        ("a", "b"), Mixture(Gaussian(covariance=VVV()), np.ones(1), parameters)
    )
    left = density.conditional({"a": 3.0})
    assert left.means[0, 0] == pytest.approx(3.0 * (1.0 - 5e-11), rel=1e-15)
    # 1 - r^2 of a correlation that is rounded to 1e-16: six digits.
    assert left.covariances[0, 0, 0] == pytest.approx(1e-10, rel=1e-5)


def test_values_far_from_everything_belong_to_the_component_that_reaches_farthest(random_density):
    density = random_density("VVV")
    far = density.conditional({"a": 1e6})
    widest = int(np.argmax(density.covariances[:, 0, 0]))
    assert_array_equal(far.weights, np.eye(3)[widest])
    assert np.isfinite(far.score_samples([[0.0, 0.0, 0.0]])).all()
    with pytest.raises(DataError, match=r"lies .*e.200 standard deviations from a component"):
        density.conditional({"a": 1e200})


@pytest.mark.parametrize("call", ["marginal", "conditional"])
def test_random_rows_of_parts_have_their_moments(density, call):
    part = density.marginal(["d", "b"]) if call == "marginal" else density.conditional({"a": 0.5})
    n = 20_000
    rows, components = part.sample(n, seed=5)
    share = np.bincount(components, minlength=3) / n
    # Five standard errors of a share, and of a mean.
    assert (np.abs(share - part.weights) <= 5 * np.sqrt(part.weights / n)).all()
    mean = part.weights @ part.means
    assert (np.abs(rows.mean(axis=0) - mean) < 5 * rows.std(axis=0) / n**0.5).all()
    assert_array_equal(rows, part.sample(n, seed=5)[0])


class Bare(Gaussian):
    """A law that says nothing of its parts."""

    type: Literal["bare"] = "bare"

    def marginal(self, parameters, columns):
        return None

    def conditional(self, parameters, columns, given):
        return None


def test_a_law_without_parts_says_so(random_density):
    mixture = random_density("VVV").mixture
    bare = MixtureDensity(
        ("a", "b", "c", "d"), Mixture(Bare(covariance=VVV()), mixture.weights, mixture.parameters)
    )
    with pytest.raises(DataError, match="bare has no marginal laws in closed form"):
        bare.marginal("a")
    for call in (bare.conditional, bare.regress):
        with pytest.raises(DataError, match="bare has no conditional laws in closed form"):
            call({"a": 1.0})
    assert len(bare.ellipses()) == 3


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("z", "the model: there is no column 'z'"),
        ([0, 4], "there is no column 4: the model has 4"),
        (-1, "there is no column -1: the model has 4"),
        ([], "no column is named"),
        (["a", 0], "column 'a' is named twice"),
        ([1.5], "a column is a name or a number, not 1.5"),
        ([True], "a column is a name or a number, not True"),
    ],
)
def test_wrong_columns_are_refused(random_density, columns, message):
    with pytest.raises(DataError, match=message):
        random_density("VVV").marginal(columns)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "no column is named"),
        ({"a": 1.0, "z": 2.0}, "there is no column 'z'"),
        ({"a": 1.0, 0: 2.0}, "column 'a' is named twice"),
        (dict.fromkeys("abcd", 0.0), "all columns are given: none is left"),
        ({"a": float("nan")}, "column 'a' is given as nan in row 1"),
        ({"a": "much"}, "column 'a' holds <U4, and real numbers are needed"),
        ({"a": [1.0, 2.0]}, "2 rows are given, and a conditional law is that of one"),
        ({"a": [1.0, 2.0], "b": [1.0, 2.0, 3.0]}, "different lengths: 2, 3"),
        ({"a": [[1.0]]}, r"column 'a' is given with shape \(1, 1\)"),
        (np.zeros((1, 2)), "what is given has no column names"),
    ],
)
def test_wrong_values_are_refused(random_density, given, message):
    with pytest.raises(DataError, match=message):
        random_density("VVV").conditional(given)


def test_a_density_is_shown_in_a_line(random_density):
    part = random_density("VVE").marginal(["d", "a"])
    assert repr(part) == "<MixtureDensity: 3 components of gaussian in d, a>"
