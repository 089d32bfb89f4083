"""What is refused, with the classes and words of scikit-learn."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as Theirs

from gmmflow import GaussianMixture, GmmflowError


@pytest.mark.parametrize("options", [
    {"n_components": 0}, {"n_components": 1.5}, {"tol": -1.0}, {"tol": np.nan}, {"reg_covar": -1},
    {"max_iter": -1}, {"n_init": 0}, {"init_params": "other"}, {"init_params": 3},
    {"random_state": -1}, {"random_state": "zero"}, {"warm_start": "yes"}, {"verbose": -1},
    {"verbose_interval": 0}, {"covariance_type": 3},
], ids=str)  # fmt: skip
def test_parameters(rows, options):
    (name,) = options
    for kind in (Theirs, GaussianMixture):
        with pytest.raises(ValueError, match=f"The '{name}' parameter of GaussianMixture must be"):
            kind(**options).fit(rows)
        with pytest.raises(TypeError):  # both at once, as scikit-learn's
            kind(**options).fit(rows)
    with pytest.raises(GmmflowError):
        GaussianMixture(**options).fit(rows)


def test_an_unknown_family_names_those_that_are(rows):
    message = r"must be a str among \{'EEE', .*'tied'\}, or .* plugin. Got 'XYZ' instead"
    with pytest.raises(ValueError, match=message):
        GaussianMixture(covariance_type="XYZ").fit(rows)


@pytest.mark.parametrize(("name", "value", "message"), [
    ("weights_init", [0.5, 0.4], "'weights' should be normalized, but got sum.* = 0.90000"),
    ("weights_init", [1.5, -0.5], r"should be in the range \[0, 1\], but got"),
    ("weights_init", [1.0], r"'weights' should have the shape of \(2,\), but got \(1,\)"),
    ("means_init", [[0.0, 0.0]], r"'means' should have the shape of \(2, 3\), but got \(1, 2\)"),
    ("precisions_init", np.eye(3), r"full precision' should have the shape of \(2, 3, 3\)"),
    ("precisions_init", -np.stack([np.eye(3)] * 2),
     "'full precision' should be symmetric, positive-definite"),
    ("precisions_init", np.stack([np.triu(np.ones((3, 3)))] * 2),
     "'full precision' should be symmetric, positive-definite"),
])  # fmt: skip
def test_given_starts(rows, name, value, message):
    for kind in (Theirs, GaussianMixture):
        with pytest.raises(ValueError, match=message):
            kind(2, **{name: value}).fit(rows)


def test_given_variances(rows):
    for kind in (Theirs, GaussianMixture):
        for type_, value in (("diag", np.zeros((2, 3))), ("spherical", [-1.0, 1.0])):
            with pytest.raises(ValueError, match=f"'{type_} precision' should be positive"):
                kind(2, covariance_type=type_, precisions_init=value).fit(rows)


@pytest.mark.parametrize(("x", "message"), [
    ([[np.nan, 1.0], [2.0, 3.0]], "Input X contains NaN"),
    ([[np.inf, 1.0], [2.0, 3.0]], "Input X contains infinity or a value too large"),
    ([1.0, 2.0, 3.0], "Expected 2D array, got 1D array instead"),
    (3.0, "Expected 2D array, got scalar array instead"),
    (np.zeros((2, 2, 2)), "Found array with dim 3, while dim <= 2 is required by GaussianMix"),
    (np.zeros((0, 2)), r"Found array with 0 sample\(s\) \(shape=\(0, 2\)\) while a minimum of 2"),
    (np.zeros((3, 0)), r"Found array with 0 feature\(s\) \(shape=\(3, 0\)\) while a minimum of"),
    (np.zeros((1, 2)), r"Found array with 1 sample\(s\) \(shape=\(1, 2\)\) while a minimum of 2"),
    (np.zeros((3, 2), complex), "Complex data not supported"),
    ([["a", "b"], ["c", "d"]], "could not convert string to float"),
])  # fmt: skip
def test_rows(x, message):
    for kind in (Theirs, GaussianMixture):
        with pytest.raises(ValueError, match=message):
            kind().fit(x)


def test_where_a_value_is_missing():
    x = np.ones((4, 2))
    x[2, 1] = np.nan
    with pytest.raises(ValueError, match=r"The first is at row 2, column 1 \(from 0\)"):
        GaussianMixture().fit(x)
    table = pd.DataFrame({"a": pd.array([1, 2, None], "Int64"), "b": [1.0, 2.0, 4.0]})
    with pytest.raises(ValueError, match=r"row 2, column 0"):
        GaussianMixture().fit(table)


def test_sparse_rows_and_objects():
    for kind in (Theirs, GaussianMixture):
        with pytest.raises(TypeError, match=r"Sparse data was passed.* but dense data is required"):
            kind().fit(scipy.sparse.csr_matrix(np.eye(3)))
        with pytest.raises(TypeError, match=r"argument must be .* string.* number"):
            kind().fit(np.array([[{}, 1], [2, 3]], dtype=object))


def test_rows_of_different_lengths():
    with pytest.raises(ValueError, match="X cannot be made an array"):
        GaussianMixture().fit([[1.0, 2.0], [3.0]])


def test_fewer_rows_than_components(rows):
    message = "Expected n_samples >= n_components but got n_components = 4, n_samples = 3"
    for kind in (Theirs, GaussianMixture):
        with pytest.raises(ValueError, match=message):
            kind(4).fit(rows[:3])
    with pytest.raises(ValueError, match="n_components = 4, n_samples = 3"):
        GaussianMixture(4).fit(rows[:9], sample_weight=np.r_[np.ones(3), np.zeros(6)])


def test_squares_that_do_not_fit(rows):
    with pytest.raises(ValueError, match=r"column x0 holds .*e\+200: the squares of numbers"):
        GaussianMixture(2).fit(rows * 1e200)


def test_names_of_features(rows):
    table = pd.DataFrame(rows, columns=["a", "b", "c"])
    for kind in (Theirs, GaussianMixture):
        named, bare = kind(2, random_state=0).fit(table), kind(2, random_state=0).fit(rows)
        with pytest.raises(ValueError, match=r"unseen at fit time:\n- z\n.*now missing:\n- a"):
            named.predict(table.rename(columns={"a": "z"}))
        with pytest.raises(ValueError, match="must be in the same order"):
            named.predict(table[["b", "a", "c"]])
        with pytest.raises(
            ValueError, match="X has 2 features, but GaussianMixture is expecting 3"
        ):
            bare.predict(rows[:, :2])
        with pytest.warns(UserWarning, match="X does not have valid feature names, but Gaussian"):
            named.predict(rows)
        with pytest.warns(UserWarning, match="X has feature names, but GaussianMixture was fitted"):
            bare.predict(table)
        with pytest.raises(TypeError, match="Feature names are only supported if all input"):
            kind().fit(table.rename(columns={"a": 3}))
        assert not hasattr(named.fit(rows), "feature_names_in_")


def test_degenerate_fits_name_the_component(rows):
    flat = np.c_[rows, rows[:, 0]]
    for kind in (Theirs, GaussianMixture):
        with pytest.raises(ValueError, match="ill-defined empirical covariance") as caught:
            kind(2, reg_covar=0, init_params="random_from_data", random_state=0).fit(flat)
    assert "Here component 0: it collapsed" in str(caught.value)


def test_a_component_without_rows_is_named(rows):
    with pytest.raises(ValueError, match="component 1: it emptied"):
        GaussianMixture(2, means_init=[[0.0] * 3, [1e4] * 3], random_state=0).fit(rows)


def test_some_initializations_may_degenerate():
    rows = np.random.RandomState(0).randn(30, 2)
    model = GaussianMixture(3, n_init=8, reg_covar=0, random_state=0, max_iter=500)
    with pytest.warns(ConvergenceWarning, match=r"1 of 8 initializations degenerated .*collapsed"):
        model.fit(rows)
    assert np.isfinite(model.score(rows))


def test_sampling_nothing(rows):
    for kind in (Theirs, GaussianMixture):
        with pytest.raises(ValueError, match="Invalid value for 'n_samples'"):
            kind().fit(rows).sample(0)


def test_warm_starts_fit_what_they_go_on_from(rows):
    model = GaussianMixture(2, warm_start=True, random_state=0).fit(rows)
    with pytest.raises(ValueError, match=r"means_ of shape \(2, 3\), but .* is \(2, 2\)"):
        model.fit(rows[:, :2])
    with pytest.raises(ValueError, match="covariance_type 'diag' are of shape"):
        model.set_params(covariance_type="diag").fit(rows)


def test_executors(rows):
    with pytest.raises(ValueError, match=r"'executor' parameter of GaussianMixture: .*'spark'"):
        GaussianMixture(executor="spark").fit(rows)
    with pytest.raises(ValueError, match=r"'executor' parameter of GaussianMixture: .*threads"):
        GaussianMixture(executor={"type": "threads", "threads": 0}).fit(rows)
