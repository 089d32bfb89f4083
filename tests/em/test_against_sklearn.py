"""The four families that scikit-learn has, step for step from the same start."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

ITERATIONS = 6  # few enough that none of them has converged
SIZES = [
    # seed, rows, columns, components
    (0, 400, 1, 2),
    (1, 600, 2, 3),
    (2, 900, 3, 8),
    (3, 1500, 6, 4),
    (4, 2500, 10, 5),
]


def theirs(x, family, weights, parameters, iterations) -> GaussianMixture:
    """scikit-learn after as many iterations; it returns the mixture of its last M-step."""
    spread = next(value for name, value in parameters.items() if name != "means")
    precisions = {
        "full": np.linalg.inv,
        "tied": lambda s: np.linalg.inv(s[0]),
        "diag": np.reciprocal,
        "spherical": lambda s: 1.0 / s[:, 0],
    }[family](spread)
    model = GaussianMixture(
        len(weights), covariance_type=family, tol=0.0, reg_covar=0.0, max_iter=iterations,
        weights_init=weights, means_init=parameters["means"], precisions_init=precisions,
    )  # fmt: skip
    with pytest.warns(ConvergenceWarning):
        return model.fit(x)


def matrices(model: GaussianMixture) -> np.ndarray:
    (k, d), covariances = model.means_.shape, model.covariances_
    if model.covariance_type == "diag":
        return np.stack([np.diag(row) for row in covariances])
    if model.covariance_type == "spherical":
        return covariances[:, None, None] * np.eye(d)
    return np.broadcast_to(covariances, (k, d, d))


@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_same_parameters_and_log_likelihoods(kit, size, family):
    seed, n, d, k = size
    x = kit.overlapping(seed, n, d, k)
    weights, parameters = kit.start(family, x, k, seed)
    ours = kit.fit(x, family, weights, parameters, ITERATIONS)
    sk = theirs(x, family, weights, parameters, ITERATIONS)
    # 1e-8 is the promise. scikit-learn itself adds 10 eps to every count and expands squares
    # about the origin, some sd / 10 away here: its own error is some 1e-12, grown by EM.
    scale = x.std(axis=0)
    assert_allclose(ours.weights, sk.weights_, rtol=1e-8)
    assert_allclose(ours.means / scale, sk.means_ / scale, rtol=1e-8, atol=1e-8)
    unit = np.outer(scale, scale)
    assert_allclose(ours.covariances / unit, matrices(sk) / unit, rtol=1e-8, atol=1e-8)
    # The log-likelihood of these very parameters, and the bound that belongs to the step before.
    assert ours.n_iterations == ITERATIONS
    assert ours.log_likelihood == pytest.approx(sk.score(x) * n, rel=1e-8)
    before = ours.result.fit.trace[-2].log_likelihood
    assert before == pytest.approx(sk.lower_bound_ * n, rel=1e-8)


@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
def test_same_answers_about_rows(kit, family):
    x = kit.overlapping(7, 700, 3, 3)
    weights, parameters = kit.start(family, x, 3, 7)
    ours = kit.fit(x, family, weights, parameters, ITERATIONS)
    sk = theirs(x, family, weights, parameters, ITERATIONS)
    new = kit.overlapping(8, 300, 3, 3)
    assert_allclose(ours.score_samples(new), sk.score_samples(new), rtol=1e-8)
    assert_allclose(ours.predict_proba(new), sk.predict_proba(new), atol=1e-8)
    assert (ours.predict(new) == sk.predict(new)).all()
    assert ours.score(new) == pytest.approx(sk.score(new), rel=1e-8)
    assert ours.bic() == pytest.approx(sk.bic(x), rel=1e-8)
    assert ours.aic(new) == pytest.approx(sk.aic(new), rel=1e-8)
    assert ours.bic(new) == pytest.approx(sk.bic(new), rel=1e-8)
