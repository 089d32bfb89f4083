"""Row weights: 0 is a row that is not there, 2 a row that is there twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow import GaussianMixture

FAMILIES = ["full", "tied", "diag", "spherical", "EII", "VVE", "EEV"]


def start(rows):
    return {"n_components": 3, "resp_init": None, "means_init": rows[:3],
            "weights_init": [0.2, 0.3, 0.5], "tol": 1e-6, "max_iter": 1000}  # fmt: skip


def precisions(kind):
    shape = {"tied": np.eye(3), "diag": np.ones((3, 3)), "spherical": np.ones(3)}
    return shape.get(kind, np.stack([np.eye(3)] * 3))


@pytest.mark.parametrize("kind", FAMILIES)
def test_integers_are_repetitions(rows, kind):
    weight = np.random.RandomState(1).randint(0, 4, len(rows))
    model = GaussianMixture(covariance_type=kind, precisions_init=precisions(kind), **start(rows))
    weighted = model.fit(rows, sample_weight=weight)
    found = {name: getattr(weighted, name) for name in ("weights_", "means_", "covariances_")}
    score = weighted.score(rows, sample_weight=weight)
    log_likelihood = weighted.log_likelihood_
    repeated = model.fit(np.repeat(rows, weight, axis=0))
    for name, value in found.items():
        np.testing.assert_allclose(value, getattr(repeated, name), rtol=1e-9, atol=1e-12)
    assert score == pytest.approx(repeated.score(np.repeat(rows, weight, axis=0)), rel=1e-12)
    assert log_likelihood == pytest.approx(repeated.log_likelihood_, rel=1e-12)


@pytest.mark.parametrize("init", ["kmeans", "k-means++", "random_from_data"])
def test_rows_of_no_weight_start_nothing(rows, init):
    far = np.r_[rows, np.full((50, 3), 1e3)]
    weight = np.r_[np.ones(len(rows)), np.zeros(50)]
    options = {"n_components": 3, "init_params": init, "random_state": 0, "n_init": 3}
    with_them = GaussianMixture(**options).fit(far, sample_weight=weight)
    without = GaussianMixture(**options).fit(rows)
    np.testing.assert_allclose(with_them.means_, without.means_, rtol=1e-8)


@given(scale=st.floats(1e-6, 1e6))
def test_a_common_factor_changes_nothing(scale):
    rows = np.random.RandomState(0).randn(60, 2) * [1.0, 3.0]
    model = GaussianMixture(2, random_state=0)
    expected = model.fit(rows).means_
    found = model.fit(rows, sample_weight=np.full(60, scale)).means_
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)
    assert model.lower_bound_ == pytest.approx(model.score(rows), rel=1e-2)


def test_a_number_is_a_weight_for_all(rows):
    model = GaussianMixture(2, random_state=0).fit(rows, sample_weight=2)
    assert model.log_likelihood_ == pytest.approx(2 * len(rows) * model.score(rows), rel=1e-12)


@pytest.mark.parametrize(("weight", "message"), [
    (np.zeros(330), "Sample weights must contain at least one non-zero number"),
    (-np.ones(330), "Negative values in data passed to `sample_weight`"),
    (np.ones(329), r"sample_weight.shape == \(329,\), expected \(330,\)"),
    (np.ones((330, 1)), "Sample weights must be 1D array or scalar, got 2D array"),
    (np.r_[np.nan, np.ones(329)], "Input sample_weight contains NaN"),
])  # fmt: skip
def test_what_is_refused(rows, weight, message):
    with pytest.raises(ValueError, match=message):
        GaussianMixture(2).fit(rows, sample_weight=weight)
