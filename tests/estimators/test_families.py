"""Covariance families that scikit-learn does not have: covariances_ is (k, d, d) for each."""

import numpy as np
import pytest

import gmmflow
from gmmflow import GaussianMixture
from gmmflow.plugin.builtin import gmmflow_covariances

FAMILIES = sorted(gmmflow_covariances().keys() - {"full", "tied", "diag", "spherical"})


def test_there_are_fourteen():
    assert len(FAMILIES) == 14


@pytest.mark.parametrize("kind", FAMILIES)
class TestEveryFamily:
    def test_shapes_and_inverses(self, rows, kind):
        model = GaussianMixture(3, covariance_type=kind, random_state=0).fit(rows)
        assert model.covariances_.shape == model.precisions_.shape == (3, 3, 3)
        np.testing.assert_allclose(
            model.covariances_ @ model.precisions_, np.stack([np.eye(3)] * 3), atol=1e-9
        )
        factor = model.precisions_cholesky_
        np.testing.assert_allclose(factor, np.triu(factor))
        np.testing.assert_allclose(factor @ factor.transpose(0, 2, 1), model.precisions_)
        assert model.log_likelihood_ == pytest.approx(model.score(rows) * len(rows), rel=1e-10)

    def test_it_is_the_fit_of_gmmflow(self, rows, kind):
        resp = np.eye(3)[(rows[:, 0] > 2) + (rows[:, 1] > 5).astype(int)]
        model = GaussianMixture(
            3, covariance_type=kind, resp_init=resp, reg_covar=0, tol=1e-10, max_iter=5000
        ).fit(rows)
        labels = [f"c{c}" for c in resp.argmax(axis=1)]
        fitted = gmmflow.fit(
            rows, 3, distribution={"type": "gaussian", "covariance": kind}, init="labels",
            labels=labels,
            convergence=[{"type": "log_likelihood", "tolerance": 1e-10},
                         {"type": "max_iterations", "limit": 5000}],
        )  # fmt: skip
        assert model.log_likelihood_ == pytest.approx(fitted.log_likelihood, rel=1e-7)
        np.testing.assert_allclose(model.covariances_, fitted.covariances, rtol=1e-2, atol=1e-3)
        assert model.bic(rows) == pytest.approx(fitted.bic(), rel=1e-7)

    def test_it_goes_on_from_its_own_numbers(self, rows, kind):
        """Starts that are given, warm or not, are members of the family: EM stays where it was."""
        options = {"covariance_type": kind, "reg_covar": 0, "random_state": 0}
        model = GaussianMixture(2, tol=1e-9, max_iter=5000, **options).fit(rows)
        again = GaussianMixture(
            2, max_iter=0, weights_init=model.weights_, means_init=model.means_,
            precisions_init=model.precisions_, **options,
        ).fit(rows)  # fmt: skip
        assert again.log_likelihood_ == pytest.approx(model.log_likelihood_, rel=1e-9)
        np.testing.assert_allclose(again.covariances_, model.covariances_, rtol=1e-6, atol=1e-9)
        before = model.log_likelihood_
        warm = model.set_params(warm_start=True).fit(rows)
        assert warm.n_iter_ == 1
        assert warm.log_likelihood_ == pytest.approx(before, rel=1e-9)

    def test_the_ridge_is_added(self, rows, kind):
        model = GaussianMixture(1, covariance_type=kind, reg_covar=1e6).fit(rows)
        np.testing.assert_allclose(model.covariances_[0], 1e6 * np.eye(3), rtol=1e-3, atol=100.0)


def test_a_family_narrows_starts_outside_it(rows):
    precisions = np.stack([np.eye(3) * c for c in (1.0, 2.0)])
    model = GaussianMixture(2, covariance_type="EII", precisions_init=precisions, max_iter=0,
                            weights_init=[0.5, 0.5], means_init=rows[:2]).fit(rows)  # fmt: skip
    np.testing.assert_allclose(model.covariances_, np.stack([np.eye(3) * 0.75] * 2))
