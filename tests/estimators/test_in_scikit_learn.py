"""What meta-estimators of scikit-learn do with the estimator."""

import copy
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from gmmflow import GaussianMixture


def test_clone_keeps_parameters_and_forgets_the_fit(rows):
    model = GaussianMixture(3, means_init=rows[:3], resp_init=None, executor="threads").fit(rows)
    copied = clone(model)
    np.testing.assert_array_equal(copied.means_init, model.means_init)
    assert copied.get_params()["executor"] == "threads"
    with pytest.raises(NotFittedError, match="This GaussianMixture instance is not fitted yet"):
        check_is_fitted(copied)
    with pytest.raises(NotFittedError, match="This GaussianMixture instance is not fitted yet"):
        copied.predict(rows)
    check_is_fitted(model)


@pytest.mark.parametrize("copying", [
    lambda model, _: pickle.loads(pickle.dumps(model)),
    lambda model, _: copy.deepcopy(model),
    lambda model, folder: joblib.load(joblib.dump(model, folder / "model.joblib")[0]),
])  # fmt: skip
def test_copies_answer_alike(rows, tmp_path, copying):
    model = GaussianMixture(3, random_state=0).fit(rows)
    copied = copying(model, tmp_path)
    np.testing.assert_array_equal(copied.predict_proba(rows), model.predict_proba(rows))
    assert copied.lower_bounds_ == model.lower_bounds_


def test_pipeline_and_set_output(rows):
    table = pd.DataFrame(rows, columns=["a", "b", "c"])
    pipeline = make_pipeline(StandardScaler(), GaussianMixture(3, random_state=0))
    pipeline.set_output(transform="pandas").fit(table)
    assert pipeline[-1].feature_names_in_.tolist() == ["a", "b", "c"]
    direct = GaussianMixture(3, random_state=0).fit(StandardScaler().fit_transform(table))
    np.testing.assert_allclose(pipeline.predict_proba(table), direct.predict_proba(
        StandardScaler().fit_transform(table)))  # fmt: skip
    assert np.isfinite(pipeline.score(table))


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_grid_search(rows, n_jobs):
    grid = {"n_components": [1, 3], "covariance_type": ["full", "EEE", "spherical"]}
    search = GridSearchCV(GaussianMixture(random_state=0), grid, cv=3, n_jobs=n_jobs).fit(rows)
    assert search.best_params_["n_components"] == 3
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert np.isfinite(cross_val_score(search.best_estimator_, rows, cv=3)).all()


def test_tags():
    assert get_tags(GaussianMixture()).estimator_type == "density_estimator"
    assert not get_tags(GaussianMixture()).target_tags.required


def test_set_params():
    model = GaussianMixture()
    assert model.set_params(n_components=4, executor="threads") is model
    assert model.get_params()["n_components"] == 4
    with pytest.raises(ValueError, match=r"Invalid parameter 'k' for estimator GaussianMixture\("):
        model.set_params(k=3)


def test_repr_shows_what_is_not_default(rows):
    assert repr(GaussianMixture()) == "GaussianMixture()"
    assert repr(GaussianMixture(2, random_state=0)) == (
        "GaussianMixture(n_components=2, random_state=0)"
    )
    assert "means_init=array(" in repr(GaussianMixture(2, means_init=rows[:2]))


class TestMetadataRouting:
    @pytest.fixture(autouse=True)
    def routing(self):
        with sklearn.config_context(enable_metadata_routing=True):
            yield

    def test_sample_weight_is_routed_where_it_is_asked_for(self, rows):
        weight = np.arange(len(rows)) % 3.0
        asking = GaussianMixture(3, random_state=0).set_fit_request(sample_weight=True)
        asking.set_score_request(sample_weight=True)
        pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), asking)
        pipeline.fit(rows, sample_weight=weight)
        scaled = pipeline[0].transform(rows)
        direct = GaussianMixture(3, random_state=0).fit(scaled, sample_weight=weight)
        np.testing.assert_array_equal(pipeline[-1].means_, direct.means_)
        assert pipeline.score(rows, sample_weight=weight) == direct.score(
            scaled, sample_weight=weight
        )

    def test_searches_route_it_too(self, rows):
        weight = np.ones(len(rows))
        model = GaussianMixture(random_state=0).set_fit_request(sample_weight=True)
        model = model.set_score_request(sample_weight=True)
        search = GridSearchCV(model, {"n_components": [1, 2]}, cv=2)
        assert search.fit(rows, sample_weight=weight).best_params_["n_components"] == 2

    def test_not_asking_is_an_error_of_scikit_learn(self, rows):
        pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False),
                                 GaussianMixture())  # fmt: skip
        with pytest.raises(sklearn.exceptions.UnsetMetadataPassedError, match="sample_weight"):
            pipeline.fit(rows, sample_weight=np.ones(len(rows)))

    def test_clones_keep_their_requests(self):
        model = clone(GaussianMixture().set_fit_request(sample_weight="w"))
        assert model.get_metadata_routing().fit.requests == {"sample_weight": "w"}
        assert model.get_metadata_routing().score.requests == {"sample_weight": None}


def test_requests_need_routing_to_be_on():
    with pytest.raises(RuntimeError, match="only available when metadata routing is enabled"):
        GaussianMixture().set_fit_request(sample_weight=True)
