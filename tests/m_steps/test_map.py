"""The posterior mode under conjugate priors: densities, M-steps, options and refusals."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import invgamma, invwishart, multivariate_normal

import gmmflow
from gmmflow.config import build_stage
from gmmflow.covariances.nesting import FAMILIES
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.errors import ConfigError, DegenerateError
from gmmflow.m_steps.map import MaximumAPosteriori
from gmmflow.plugin.manager import Registry
from gmmflow.testing import check_stage
from gmmflow.testing.components import accumulate

SHARED = ("EII", "EEI", "EEE")
PRIOR = {"shrinkage": 2.0, "dof": 7.0, "mean": [0.5, -1.0, 2.0]}
MEAN, DOF, KAPPA = np.array(PRIOR["mean"]), PRIOR["dof"], PRIOR["shrinkage"]
LAMBDA = np.array([[2.0, 0.3, 0.0], [0.3, 1.0, -0.2], [0.0, -0.2, 0.7]])
VARIANCE = 1.3


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(1)
    shapes = np.array([[1.0, 0.3, 0.5], [0.4, 1.5, 1.0], [0.8, 0.8, 0.2]])
    centres = np.array([[0.0, 0.0, 0.0], [3.0, 1.0, -1.0], [-2.0, 3.0, 2.0]])
    groups = rng.integers(3, size=150)
    turned = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    return (rng.normal(size=(150, 3)) * shapes[groups]) @ turned + centres[groups]


def options(family):
    """The prior, with a scale that the family can have."""
    return {**PRIOR, "scale": VARIANCE if family.endswith("I") else LAMBDA.tolist()}


def fit(x, family, iterations=1, k=3, m_step=None, **more):
    covariance = family if isinstance(family, dict) else {"type": family}
    return gmmflow.fit(
        x, k,
        distribution={"type": "gaussian", "covariance": covariance},
        m_step={"type": "map", **(options(family) if m_step is None else m_step)},
        convergence=[{"type": "max_iterations", "limit": iterations}],
        **more,
    )  # fmt: skip


def log_prior(family, means, covariances):
    """The prior by SciPy's densities, one covariance where components share it."""
    total = sum(
        multivariate_normal(MEAN, c / KAPPA).logpdf(m)
        for m, c in zip(means, covariances, strict=True)
    )
    for c in covariances[:1] if family in SHARED else covariances:
        if family in ("EII", "VII"):
            total += invgamma(DOF / 2, scale=VARIANCE / 2).logpdf(c[0, 0])
        elif family.endswith("I"):
            total += invgamma(DOF / 2, scale=VARIANCE / 2).logpdf(np.diagonal(c)).sum()
        else:
            total += invwishart(DOF, LAMBDA).logpdf(c)
    return float(total)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_objective_is_the_log_posterior(x, family):
    """Up to a constant: its change over the iterations is that of SciPy's densities."""
    apart = []
    for iterations in (0, 1, 4):
        model = fit(x, family, iterations, seed=3)
        step = model.result.fit.trace[-1]
        by_scipy = step.log_likelihood + log_prior(family, model.means, model.covariances)
        apart.append(step.objective - by_scipy)
    assert_allclose(apart, apart[0], atol=1e-9 * abs(apart[0]) + 1e-8)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_m_step_is_the_best_of_the_family(x, family):
    """Members near it, M-steps from other rows and priors, have a lower expected log posterior."""
    resp = np.random.default_rng(5).dirichlet(np.ones(3), size=len(x)).T
    rng = np.random.default_rng(6)

    def expected(means, covariances):
        densities = [
            multivariate_normal(m, c).logpdf(x) for m, c in zip(means, covariances, strict=True)
        ]
        likelihood = float((resp * np.stack(densities)).sum())
        return likelihood + log_prior(family, means, covariances)

    highest = expected(*m_step(x, family, resp))
    for size in (0.5, 0.05, 0.005, 0.0005):
        for _ in range(5):
            weight = np.exp(size * rng.normal(size=resp.shape))
            mean = MEAN + size * rng.normal(size=3)
            moved = expected(*m_step(x, family, resp * weight, mean=mean))
            assert moved <= highest + 1e-12 * abs(highest)


def m_step(x, family, resp, **changes):
    """Means and covariances of one M-step from responsibilities."""
    gaussian = Gaussian(covariance=build_stage("covariances", family, Registry(discover=False)))
    centre = x.mean(axis=0)
    sums = accumulate(gaussian.collector(3, centre), x, resp, centre)
    prior = replace(MaximumAPosteriori(**options(family)).prior, **changes)
    found = gaussian.maximize(sums, centre, None, frozenset(gaussian.parameter_names), prior)
    return found["means"], gaussian.covariance_matrices(found)


def test_the_default_prior_is_taken_from_the_rows(x):
    """mclust's defaultPrior, written out: ellipsoids and diagonals."""
    scale = np.cov(x.T) / 3 ** (2 / 3)
    for family, mean in (("VVV", scale), ("VVI", float(np.trace(scale) / 3))):
        given = {"shrinkage": 0.01, "dof": 5.0, "mean": x.mean(axis=0).tolist()}
        given["scale"] = mean if family == "VVI" else mean.tolist()
        models = [fit(x, family, 3, m_step=m, seed=1) for m in ({}, given)]
        assert_allclose(models[0].means, models[1].means, rtol=1e-12)
        assert_allclose(models[0].covariances, models[1].covariances, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_fit_that_would_collapse_goes_on_and_never_falls(family):
    x, labels = collapsing()
    model = fit(x, family, 200, m_step={}, init="labels", labels=labels)
    objective = np.array([step.objective for step in model.result.fit.trace])
    assert (np.diff(objective) > -1e-10 * np.abs(objective[1:])).all()
    assert np.linalg.eigvalsh(model.covariances).min() > 1e-3


def test_without_a_prior_the_error_names_it():
    x, labels = collapsing()
    with pytest.raises(DegenerateError, match=r"component 1: it collapsed[^?]*fit: \{m_step: map"):
        fit(x, "VVV", m_step={"type": "ml"}, init="labels", labels=labels)


def collapsing():
    """Rows and labels: one component is one point, one lies on a line."""
    rng = np.random.default_rng(2)
    line = rng.normal(size=(30, 1)) * [1.0, 2.0, 3.0] + [0.0, 8.0, 0.0]
    x = np.concatenate([rng.normal(size=(100, 3)), np.tile([[5.0, 5.0, 5.0]], (20, 1)), line])
    return x, np.repeat(["a", "b", "c"], [100, 20, 30])


def test_criteria_use_the_likelihood_at_the_mode(x):
    model = fit(x, "VVV", 20)
    assert model.log_likelihood != pytest.approx(model.result.fit.trace[-1].objective)
    assert model.bic() == pytest.approx(model.n_free * np.log(150) - 2 * model.log_likelihood)
    assert model.n_free == 2 + 9 + 18
    assert model.log_likelihood == pytest.approx(model.score_samples(x).sum())


@pytest.mark.parametrize("family", ["VVV", "VEI", "EVE", "EEE", "VII"])
def test_weights_are_rows_that_are_repeated(x, family):
    times = np.random.default_rng(4).integers(0, 4, size=len(x))
    labels = np.arange(len(x)) % 3
    given = {"init": "labels", "m_step": {}}
    a = fit(x, family, 5, **given, labels=labels, sample_weight=times.astype(float))
    b = fit(np.repeat(x, times, axis=0), family, 5, **given, labels=np.repeat(labels, times))
    assert_allclose(a.means, b.means, rtol=1e-9, atol=1e-12)
    assert_allclose(a.covariances, b.covariances, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("family", ["VVV", "EEE", "VVE", "EEV"])
def test_rows_in_other_units_have_the_same_fit(x, family):
    """All columns alike; the default prior knows no units."""
    labels = np.arange(len(x)) % 3
    a, b = (
        fit(rows, family, 5, m_step={}, init="labels", labels=labels) for rows in (x, 1e3 * x + 5e4)
    )
    assert_allclose(b.means, 1e3 * a.means + 5e4, rtol=1e-9)
    assert_allclose(b.covariances, 1e6 * a.covariances, rtol=1e-8, atol=1e-4)


def test_standardized_columns_have_the_same_default_prior(x):
    """Its covariance matrix is that of the rows, in any units; the result is in data units."""
    labels = np.arange(len(x)) % 3
    plain, standardized = (
        fit(x, "VVV", 5, m_step={}, init="labels", labels=labels, transform=transform)
        for transform in ([], ["standardize"])
    )
    assert_allclose(standardized.means, plain.means, rtol=1e-9, atol=1e-12)
    assert_allclose(standardized.covariances, plain.covariances, rtol=1e-9, atol=1e-12)
    assert standardized.log_likelihood == pytest.approx(plain.log_likelihood)


def test_means_alone_are_shrunk(x):
    start = fit(x, "VVV", 0, seed=2)
    model = fit(x, "VVV", 1, seed=2, m_step={**options("VVV"), "update": ["means"]})
    resp = start.predict_proba(x)
    n = resp.sum(axis=0)[:, None]
    assert_allclose(model.means, (resp.T @ x + KAPPA * MEAN) / (n + KAPPA), rtol=1e-9)
    assert_array_equal(model.covariances, start.covariances)
    assert_array_equal(model.weights, start.weights)


def test_covariances_alone_know_the_means_that_stay(x):
    start = fit(x, "VVV", 0, seed=2)
    model = fit(x, "VVV", 1, seed=2, m_step={**options("VVV"), "update": ["covariances"]})
    resp = start.predict_proba(x)
    assert_array_equal(model.means, start.means)
    for k in range(3):
        away, apart = x - start.means[k], start.means[k] - MEAN
        scatter = (resp[:, k] * away.T) @ away + LAMBDA + KAPPA * np.outer(apart, apart)
        rows = resp[:, k].sum() + DOF + 3 + 2
        assert_allclose(model.covariances[k], scatter / rows, rtol=1e-9)


def test_equal_weights(x):
    model = fit(x, "VVV", 3, m_step={"weights": "equal"})
    assert_array_equal(model.weights, np.full(3, 1 / 3))
    assert model.n_free == 9 + 18


def test_no_shrinkage_leaves_the_means_to_the_rows(x):
    labels = np.arange(len(x)) % 3
    given = {"init": "labels", "labels": labels}
    model = fit(x, "VVV", 0, m_step={"shrinkage": 0.0, "dof": 7.0, "scale": 1.0}, **given)
    for c in range(3):
        rows = x[labels == c]
        assert_allclose(model.means[c], rows.mean(axis=0), rtol=1e-9)
        scatter = len(rows) * np.cov(rows.T, bias=True) + np.eye(3)
        assert_allclose(model.covariances[c], scatter / (len(rows) + 7 + 3 + 1), rtol=1e-9)


@pytest.mark.parametrize(
    ("family", "m_step", "message"),
    [
        ("VVV", {"mean": [1.0, 2.0]}, "mean has 2 numbers; the model sees 3 columns"),
        ("VVV", {"scale": [1.0, 2.0]}, "scale is for 2 columns; the model sees 3"),
        ("VVI", {"scale": LAMBDA.tolist()}, "scale is a matrix, and the covariances are diagonal"),
        ("VVV", {"scale": [1.0, -2.0, 1.0]}, "variances must be positive"),
        ("VVV", {"scale": [[1.0, 2.0], [2.0, 1.0]]}, "must be positive definite"),
        ("VVV", {"scale": [[1.0, 2.0], [2.5, 9.0]]}, "square and symmetric"),
        ("VVV", {"scale": [[1.0, 2.0], [2.0]]}, "rows of one length"),
        ("VVV", {"scale": []}, "at least"),
        ("VVV", {"shrinkage": -1.0}, "shrinkage: must be at least 0, is -1.0"),
        ("VVV", {"dof": 0.0}, "dof: must be more than 0, is 0.0"),
        ("VVV", {"update": ["shapes"]}, "update names shapes"),
    ],
)
def test_a_prior_that_does_not_fit_is_refused(x, family, m_step, message):
    with pytest.raises(ConfigError, match=message):
        fit(x, family, m_step=m_step)


def test_a_law_without_a_conjugate_prior_is_refused():
    other = SimpleNamespace(type="acme.other")  # as every law without `log_prior`
    assert MaximumAPosteriori().refuse(other) == (
        "acme.other has no conjugate prior here; use m_step ml"
    )


def test_it_keeps_the_laws_of_m_steps():
    assert [r for r in check_stage(MaximumAPosteriori) if r.status == "failed"] == []
