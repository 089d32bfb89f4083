"""The same numbers as scikit-learn's estimator, from the same start."""

import io
import re
import warnings
from contextlib import redirect_stdout
from itertools import product

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as Theirs

from gmmflow import GaussianMixture

#: Starts from k single rows.
SINGLE_ROWS = ("k-means++", "random_from_data")
TYPES = ("full", "tied", "diag", "spherical")
ARRAYS = ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_")


def precisions(kind: str, k: int = 3, d: int = 3) -> np.ndarray:
    """Precisions to start from."""
    full = np.stack([np.eye(d) * (c + 1.0) + 0.1 for c in range(k)])
    diagonal = np.stack([np.arange(1.0, d + 1.0) * (c + 1.0) for c in range(k)])
    return {"full": full, "tied": full[0], "diag": diagonal, "spherical": diagonal[:, 0]}[kind]


def both(rows, **options):
    """Their fit and ours."""
    return Theirs(**options).fit(rows), GaussianMixture(**options).fit(rows)


def assert_same(theirs, ours, tolerance=1e-8):
    for name in ARRAYS:
        expected, found = getattr(theirs, name), getattr(ours, name)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance, err_msg=name)
    np.testing.assert_allclose(ours.lower_bounds_, theirs.lower_bounds_, rtol=tolerance)
    assert ours.lower_bound_ == ours.lower_bounds_[-1]
    assert (ours.n_iter_, ours.converged_) == (theirs.n_iter_, theirs.converged_)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("reg_covar", [0.0, 1e-6, 0.3])
def test_given_starts(rows, kind, reg_covar):
    options = {
        "n_components": 3, "covariance_type": kind, "reg_covar": reg_covar, "tol": 1e-6,
        "max_iter": 5000, "weights_init": [0.2, 0.3, 0.5], "means_init": rows[:3],
        "precisions_init": precisions(kind),
    }  # fmt: skip
    theirs, ours = both(rows, **options)
    assert theirs.n_iter_ > 10
    assert_same(theirs, ours)


@pytest.mark.parametrize(
    ("kind", "init"),
    [
        (kind, init)
        for kind, init in product(TYPES, ("kmeans", "random", *SINGLE_ROWS))
        if not (kind == "tied" and init in SINGLE_ROWS)  # the test below says why
    ],
)
def test_equal_seeds_give_equal_starts(rows, kind, init):
    theirs, ours = both(
        rows, n_components=3, covariance_type=kind, init_params=init, n_init=3, tol=1e-6,
        max_iter=1000, random_state=7,
    )  # fmt: skip
    if init in SINGLE_ROWS:
        # Their first weights sum to 3 / 330, ours to 1.
        theirs.lower_bounds_[0] -= np.log(3 / len(rows))
    assert_same(theirs, ours, tolerance=1e-7)


def test_random_states(rows):
    def means(random_state):
        return GaussianMixture(3, random_state=random_state, init_params="random").fit(rows).means_

    expected = Theirs(3, random_state=np.random.RandomState(5), init_params="random").fit(rows)
    np.testing.assert_allclose(means(np.random.RandomState(5)), expected.means_, rtol=1e-9)
    first, second = (means(np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.random.seed(5)
    np.testing.assert_allclose(means(None), expected.means_, rtol=1e-9)


@pytest.mark.parametrize("init", SINGLE_ROWS)
def test_a_tied_start_from_single_rows_is_better_than_theirs(rows, init):
    # Theirs divides the squares of all rows by the k rows it starts from: far too wide, and EM
    # stops where it starts.
    theirs, ours = both(rows, n_components=3, covariance_type="tied", init_params=init,
                        random_state=3)  # fmt: skip
    assert ours.score(rows) > theirs.score(rows) + 0.5


def test_partly_given_starts(rows):
    for given in ({"means_init": rows[:3]}, {"weights_init": [0.1, 0.2, 0.7]},
                  {"precisions_init": precisions("full")}):  # fmt: skip
        assert_same(*both(rows, n_components=3, random_state=0, **given))


@pytest.mark.parametrize("kind", TYPES)
def test_float32_is_kept(rows, kind):
    narrow = rows.astype(np.float32)
    options = {"n_components": 3, "covariance_type": kind, "random_state": 0}
    theirs, ours = both(narrow, **options)
    assert_same(theirs, ours, tolerance=2e-3)
    for method in ("predict_proba", "score_samples", "predict"):
        expected, found = getattr(theirs, method)(narrow), getattr(ours, method)(narrow)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, atol=2e-3)


@pytest.mark.parametrize("kind", TYPES)
def test_answers(rows, kind):
    theirs, ours = both(rows, n_components=3, covariance_type=kind, random_state=1)
    for method in ("predict", "predict_proba", "score_samples", "score", "bic", "aic"):
        expected, found = getattr(theirs, method)(rows + 0.1), getattr(ours, method)(rows + 0.1)
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12, err_msg=method)
    assert ours._n_parameters() == theirs._n_parameters()
    assert (ours.fit_predict(rows) == theirs.fit_predict(rows)).all()


@pytest.mark.parametrize("kind", TYPES)
def test_samples(rows, kind):
    _, ours = both(rows, n_components=3, covariance_type=kind, random_state=1)
    for expected, found in zip(ours.to_sklearn().sample(50), ours.sample(50), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_the_log_likelihood_is_that_of_the_parameters(rows):
    model = GaussianMixture(3, random_state=0, tol=1e-2).fit(rows)
    assert model.log_likelihood_ == pytest.approx(model.score(rows) * len(rows), rel=1e-12)
    assert model.log_likelihood_ > model.lower_bound_ * len(rows)


@pytest.mark.parametrize("max_iter", [0, 1, 2])
def test_few_iterations(rows, max_iter):
    options = {"n_components": 3, "max_iter": max_iter, "random_state": 0, "tol": 0.0}
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        theirs, ours = both(rows, **options)
    assert [each.category for each in seen] == [ConvergenceWarning] * (2 * (max_iter > 0))
    assert len({str(each.message) for each in seen}) == min(max_iter, 1)
    np.testing.assert_allclose(ours.covariances_, theirs.covariances_, rtol=1e-9)
    np.testing.assert_allclose(ours.lower_bounds_, theirs.lower_bounds_, rtol=1e-9)
    assert ours.lower_bound_ == pytest.approx(theirs.lower_bound_, rel=1e-9)
    assert (ours.n_iter_, ours.converged_) == (max_iter, False)


def test_warm_start(rows):
    options = {"n_components": 3, "warm_start": True, "max_iter": 2, "tol": 1e-6,
               "random_state": 0, "init_params": "random"}  # fmt: skip
    theirs, ours = Theirs(**options), GaussianMixture(**options)
    fits = 0
    while not getattr(theirs, "converged_", False):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            theirs.fit(rows)
            ours.fit(rows)
        assert_same(theirs, ours)
        fits += 1
    assert fits > 2
    ours.fit(rows)
    assert (ours.n_iter_, ours.converged_) == (1, True)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("verbose", [1, 2])
def test_what_verbose_prints(rows, verbose):
    said = []
    for kind in (Theirs, GaussianMixture):
        with redirect_stdout(io.StringIO()) as out:
            kind(2, verbose=verbose, verbose_interval=2, n_init=2, random_state=0,
                 init_params="random", tol=1e-5, max_iter=30).fit(rows)  # fmt: skip
        said.append(re.sub(r"time lapse \S+s", "time lapse", out.getvalue()))
    assert said[0] == said[1]
    assert "Iteration 4" in said[1]
