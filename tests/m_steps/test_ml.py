"""Maximum likelihood: what is learned, what is left alone, and how it is counted."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

import gmmflow
from gmmflow.config import build_stage
from gmmflow.errors import ConfigError
from gmmflow.plugin.manager import Registry

FAMILIES = {
    "VVV": ("covariances", lambda k: np.tile(np.array([[2.0, 0.5], [0.5, 1.0]]), (k, 1, 1))),
    "EEE": ("covariances", lambda k: np.array([[[2.0, 0.5], [0.5, 1.0]]])),
    "VVI": ("variances", lambda k: np.tile([2.0, 1.0], (k, 1))),
    "VII": ("variances", lambda k: np.full((k, 1), 1.5)),
}
WEIGHTS = np.array([0.2, 0.3, 0.5])
MEANS = np.array([[-2.0, 0.0], [0.0, 2.0], [2.0, 0.0]])


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(0)
    return rng.normal(size=(300, 2)) * 1.3 + MEANS[rng.integers(3, size=300)] * 1.2 + 50.0


def fit(x, family, iterations, **m_step):
    name, spread = FAMILIES[family]
    return gmmflow.fit(
        x, 3,
        distribution={"type": "gaussian", "covariance": family},
        init={
            "type": "given",
            "weights": WEIGHTS.tolist(),
            "parameters": {"means": (MEANS + 50.0).tolist(), name: spread(3).tolist()},
        },
        m_step={"type": "ml", **m_step},
        convergence=[{"type": "max_iterations", "limit": iterations}],
    )  # fmt: skip


def resp_and_scatter(x, family):
    """Responsibilities of the start, by SciPy."""
    name, spread = FAMILIES[family]
    dense = spread(3)
    if name == "variances":
        dense = np.stack([np.diag(np.broadcast_to(row, 2)) for row in dense])
    dense = np.broadcast_to(dense, (3, 2, 2))
    log_joint = np.stack(
        [
            np.log(w) + multivariate_normal(m, c).logpdf(x)
            for w, m, c in zip(WEIGHTS, MEANS + 50.0, dense, strict=True)
        ]
    )
    resp = np.exp(log_joint - log_joint.max(axis=0))
    return resp / resp.sum(axis=0), dense


@pytest.mark.parametrize("family", FAMILIES)
def test_weights_only(x, family):
    model = fit(x, family, 1, update=["weights"])
    resp, dense = resp_and_scatter(x, family)
    assert_allclose(model.weights, resp.mean(axis=1), rtol=1e-12)
    assert_array_equal(model.means, MEANS + 50.0)
    assert_array_equal(model.covariances, dense)


@pytest.mark.parametrize("family", FAMILIES)
def test_means_only(x, family):
    model = fit(x, family, 1, update=["means"])
    resp, dense = resp_and_scatter(x, family)
    assert_array_equal(model.weights, WEIGHTS)
    assert_allclose(model.means, resp @ x / resp.sum(axis=1)[:, None], rtol=1e-13)
    assert_array_equal(model.covariances, dense)


@pytest.mark.parametrize("family", FAMILIES)
def test_covariances_only_are_about_the_means_that_stay(x, family):
    model = fit(x, family, 1, update=["covariances"])
    resp, _ = resp_and_scatter(x, family)
    n, delta = resp.sum(axis=1), x - (MEANS + 50.0)[:, None]
    scatter = np.einsum("kb,kbi,kbj->kij", resp, delta, delta)
    expected = {
        "VVV": lambda: scatter / n[:, None, None],
        "EEE": lambda: np.broadcast_to(scatter.sum(axis=0) / n.sum(), (3, 2, 2)),
        "VVI": lambda: scatter * np.eye(2) / n[:, None, None],
        "VII": lambda: (np.einsum("kii->k", scatter) / (2 * n))[:, None, None] * np.eye(2),
    }[family]()
    assert_array_equal(model.weights, WEIGHTS)
    assert_array_equal(model.means, MEANS + 50.0)
    assert_allclose(model.covariances, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("update", [["weights"], ["means"], ["covariances"]], ids="".join)
def test_each_part_climbs_to_its_own_maximum(x, family, update):
    """No small step of what is learned is better once EM has converged."""
    model = fit(x, family, 400, update=update)
    objective = [step.objective for step in model.result.fit.trace]
    assert (np.diff(objective) >= -1e-12 * abs(objective[0])).all()

    def likelihood(weights, means, covariances):
        densities = [
            w * multivariate_normal(m, c).pdf(x)
            for w, m, c in zip(weights, means, covariances, strict=True)
        ]
        return np.log(sum(densities)).sum()

    best = likelihood(model.weights, model.means, model.covariances)
    assert best == pytest.approx(model.log_likelihood, rel=1e-12)
    parts = {"weights": model.weights, "means": model.means, "covariances": model.covariances}

    def moved(step):
        new = dict(parts)
        if update == ["weights"]:
            new["weights"] = model.weights * np.exp(step)
            new["weights"] /= new["weights"].sum()
        elif update == ["means"]:
            new["means"] = model.means + step.reshape(3, 2)
        else:  # of volume: every family can do that, the shared one only together
            volume = np.exp(step if family != "EEE" else np.full(3, step[0]))
            new["covariances"] = model.covariances * volume[:, None, None]
        return -likelihood(**new)

    found = minimize(moved, np.zeros(6 if update == ["means"] else 3), method="L-BFGS-B")
    # EM is linear in its convergence: what 400 iterations leave is below 1e-6 in the likelihood.
    assert -found.fun - best < 1e-6


@pytest.mark.parametrize("family", FAMILIES)
def test_equal_weights_stay_equal(x, family):
    model = fit(x, family, 5, weights="equal")
    assert_array_equal(model.weights, 1.0 / 3.0)
    assert np.abs(model.means - MEANS - 50.0).max() > 0.01


def test_a_component_may_lose_all_rows_where_only_weights_are_learned():
    """A mixing proportion of 0 is a maximum like any other: the component itself stays."""
    x = np.random.default_rng(0).normal(size=(100, 1))
    model = gmmflow.fit(
        x, 2,
        init={
            "type": "given",
            "parameters": {"means": [[0.0], [1e4]], "covariances": [[[1.0]], [[1.0]]]},
        },
        m_step={"type": "ml", "update": ["weights"]},
    )  # fmt: skip
    assert_array_equal(model.weights, [1.0, 0.0])
    assert_array_equal(model.means, [[0.0], [1e4]])
    assert model.score_samples(x[:1])[0] == pytest.approx(-0.5 * (np.log(2 * np.pi) + x[0, 0] ** 2))


def test_the_first_m_step_learns_everything():
    """After a row rule there is nothing to keep: `update` counts from the second."""
    x = np.random.default_rng(0).normal(size=(100, 2))
    labels = np.arange(100) % 2
    model = gmmflow.fit(
        x, 2, init="labels", labels=labels, m_step={"type": "ml", "update": ["means"]},
        convergence=[{"type": "max_iterations", "limit": 3}],
    )  # fmt: skip
    assert_array_equal(model.weights, 0.5)
    assert_allclose(model.covariances[0], np.cov(x[labels == 0].T, bias=True), rtol=1e-12)


COUNTS = [
    # update, weights, k, d: parameters of VVV, EEE, VVI, VII
    (None, "free", 3, 2, (17, 11, 14, 11)),
    (None, "equal", 3, 2, (15, 9, 12, 9)),
    (["means"], "free", 3, 2, (6, 6, 6, 6)),
    (["weights"], "free", 3, 2, (2, 2, 2, 2)),
    (["weights"], "equal", 3, 2, (0, 0, 0, 0)),
    (["covariances"], "free", 3, 2, (9, 3, 6, 3)),
    (["means", "weights"], "free", 3, 2, (8, 8, 8, 8)),
    (None, "free", 1, 5, (20, 20, 10, 6)),
    (None, "free", 4, 10, (263, 98, 83, 47)),
]


@pytest.mark.parametrize(("update", "weights", "k", "d", "expected"), COUNTS)
def test_free_parameters(update, weights, k, d, expected):
    registry = Registry(discover=False)
    options = {"type": "ml", "weights": weights} | ({"update": update} if update else {})
    m_step = build_stage("m_steps", options, registry)
    for family, count in zip(FAMILIES, expected, strict=True):
        gaussian = {"type": "gaussian", "covariance": family}
        distribution = build_stage("distributions", gaussian, registry)
        assert m_step.n_free(distribution, k, d) == count, family


def test_parameters_that_there_are_not(x):
    said = (
        "update names rate, which gaussian does not have; "
        "its parameters are weights, means, covariances"
    )
    with pytest.raises(ConfigError, match=said):
        fit(x, "VVV", 1, update=["rate"])
