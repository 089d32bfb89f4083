"""Hard assignments: the objective, and k-means as the special case."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import logsumexp
from sklearn.cluster import KMeans

import gmmflow
from gmmflow.e_steps.hard import Hard

RULE = Hard().rule(0, 0)


def test_one_component_a_row_the_first_of_equals(block_of):
    log_joint = np.array([[-1.0, -3.0, -2.0], [-2.0, -1.0, -2.0]])
    out = log_joint.copy()
    terms = RULE(out, block_of(3))
    assert_array_equal(out, [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    assert_array_equal(terms.objective, [-1.0, -1.0, -2.0])
    assert_allclose(terms.log_likelihood, logsumexp(log_joint, axis=0), rtol=1e-15)
    assert_allclose(terms.uncertainty, terms.log_likelihood - terms.objective, rtol=1e-14)


def test_an_impossible_row_is_said(block_of):
    out = np.full((2, 1), -np.inf)
    assert RULE(out, block_of(1)).objective[0] == -np.inf


@pytest.mark.parametrize("seed", range(4))
def test_with_one_fixed_spherical_variance_it_is_lloyds_k_means(seed):
    """Equal weights, means only: the nearest centre takes the row, in every iteration."""
    rng = np.random.default_rng(seed)
    k, d = 4, 3
    x = rng.normal(size=(400, d)) + rng.normal(size=(k, d))[rng.integers(k, size=400)] * 2.0
    centres = x[rng.choice(400, k, replace=False)]
    # One EM iteration moves the means once; k-means' n_iter_ counts the same moves.
    lloyd = KMeans(k, init=centres, n_init=1, algorithm="lloyd", tol=0.0, max_iter=300).fit(x)
    model = gmmflow.fit(
        x, k,
        distribution={"type": "gaussian", "covariance": "spherical"},
        init={
            "type": "given",
            "parameters": {"means": centres.tolist(), "variances": [[1.0]] * k},
        },
        e_step="hard",
        m_step={"type": "ml", "update": ["means"], "weights": "equal"},
        convergence=[{"type": "max_iterations", "limit": lloyd.n_iter_ + 1}],
    )  # fmt: skip
    assert_allclose(model.means, lloyd.cluster_centers_, rtol=1e-12, atol=1e-12)
    assert_array_equal(model.predict(x), lloyd.labels_)
    assert_array_equal(model.weights, 1.0 / k)
    assert_array_equal(model.covariances, np.broadcast_to(np.eye(d), (k, d, d)))
    # The objective is the inertia in other units.
    constant = -400 * (np.log(k) + 0.5 * d * np.log(2 * np.pi))
    objective = model.result.fit.trace[-1].objective
    assert objective == pytest.approx(constant - 0.5 * lloyd.inertia_, rel=1e-12)


def test_the_classification_likelihood_never_falls():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=(150, 2)), rng.normal(size=(150, 2)) * 0.3 + 1.5])
    for seed in range(5):
        model = gmmflow.fit(x, 3, e_step="hard", init="random_points", seed=seed)
        objective = [step.objective for step in model.result.fit.trace]
        assert (np.diff(objective) >= -1e-12 * np.abs(objective[0])).all()
        assert model.converged
