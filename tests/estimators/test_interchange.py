"""To scikit-learn and back."""

import numpy as np
import pytest
from sklearn.mixture import BayesianGaussianMixture
from sklearn.mixture import GaussianMixture as Theirs

from gmmflow import GaussianMixture


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
def test_there_and_back(rows, kind):
    theirs = Theirs(3, covariance_type=kind, random_state=0, tol=1e-4).fit(rows)
    ours = GaussianMixture.from_sklearn(theirs)
    assert ours.tol == 1e-4
    np.testing.assert_allclose(ours.predict_proba(rows), theirs.predict_proba(rows), atol=1e-9)
    assert not hasattr(ours, "log_likelihood_")
    back = ours.to_sklearn()
    assert type(back) is Theirs
    assert back.get_params() == theirs.get_params()
    np.testing.assert_array_equal(back.predict_proba(rows), theirs.predict_proba(rows))
    assert back.means_ is not ours.means_
    for model in (ours, back):
        assert model.n_features_in_ == 3
        assert model.lower_bounds_ == theirs.lower_bounds_
    assert ours.set_params(warm_start=True).fit(rows).n_iter_ <= 3


@pytest.mark.parametrize("kind", ["VEE", "EII"])
def test_families_that_it_lacks_become_full(rows, kind):
    ours = GaussianMixture(3, covariance_type=kind, random_state=0, executor="threads").fit(rows)
    theirs = ours.to_sklearn()
    assert theirs.covariance_type == "full"
    np.testing.assert_allclose(theirs.score_samples(rows), ours.score_samples(rows), rtol=1e-9)


def test_unfitted_models():
    assert not hasattr(GaussianMixture(2).to_sklearn(), "weights_")
    assert GaussianMixture.from_sklearn(Theirs(2)).n_components == 2


def test_attributes_that_a_user_set_answer(rows):
    fitted = GaussianMixture(3, random_state=0).fit(rows)
    made = GaussianMixture(3)
    for name in ("weights_", "means_", "precisions_cholesky_"):
        setattr(made, name, getattr(fitted, name))
    np.testing.assert_array_equal(made.predict_proba(rows), fitted.predict_proba(rows))


def test_other_models_are_refused(rows):
    for model in (BayesianGaussianMixture(), GaussianMixture(2)):
        with pytest.raises(TypeError, match=r"from_sklearn takes a sklearn\.mixture"):
            GaussianMixture.from_sklearn(model)
