"""Tests of scikit-learn's own mixtures, adapted: sklearn/mixture/tests, by their names there."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score

from gmmflow import GaussianMixture

TYPES = ["full", "tied", "diag", "spherical"]
FAMILIES = [*TYPES, "EII", "VEI", "EVI", "VVI", "VEE", "EVE", "VVE", "EEV", "VEV", "EVV"]


@pytest.fixture(scope="module")
def groups() -> tuple[np.ndarray, np.ndarray]:
    """Rows of four groups far apart, and their groups."""
    rng = np.random.RandomState(1)
    centres = np.array([[0.0, 0.0], [30.0, 0.0], [0.0, 30.0], [30.0, 30.0]])
    labels = np.repeat(np.arange(4), 60)
    return centres[labels] + rng.randn(240, 2) * [1.0, 2.0], labels


@pytest.mark.parametrize("kind", FAMILIES)
def test_gaussian_mixture_fit_predict(groups, kind):
    rows, labels = groups
    model = GaussianMixture(4, covariance_type=kind, random_state=0, n_init=3, reg_covar=0)
    found = model.fit_predict(rows)
    np.testing.assert_array_equal(found, model.predict(rows))
    np.testing.assert_array_equal(found, model.predict_proba(rows).argmax(axis=1))
    assert adjusted_rand_score(labels, found) == 1.0


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("max_iter", "tol"), [(1, 1e-3), (2, 1e-1), (1, 1e-7), (300, 1e-7), (0, 1.0)]
)
def test_gaussian_mixture_fit_predict_n_init(rows, max_iter, tol):
    model = GaussianMixture(3, n_init=5, random_state=0, max_iter=max_iter, tol=tol)
    np.testing.assert_array_equal(model.fit_predict(rows), model.predict(rows))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", FAMILIES)
def test_monotonic_likelihood(rows, kind):
    model = GaussianMixture(
        3, covariance_type=kind, reg_covar=0, warm_start=True, max_iter=1, random_state=0,
        tol=1e-7, init_params="random",
    )  # fmt: skip
    before = -np.inf
    for _ in range(40):
        now = model.fit(rows).log_likelihood_
        assert now >= before - 1e-9 * abs(now)
        before = now
        if model.converged_:
            break


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", TYPES)
def test_regularisation(kind, dtype):
    rows = np.vstack((np.ones((5, 2)), np.zeros((5, 2)))).astype(dtype)
    model = GaussianMixture(10, reg_covar=0, random_state=0, covariance_type=kind)
    message = "Fitting the mixture model failed because some components have ill-defined"
    few = pytest.warns(ConvergenceWarning, match=r"distinct clusters \(2\) found smaller .* \(10\)")
    with few, pytest.raises(ValueError, match=message) as caught:
        model.fit(rows)
    assert ("float64 data instead of float32" in str(caught.value)) == (dtype == np.float32)
    with pytest.warns(ConvergenceWarning, match="distinct clusters"):
        model.set_params(reg_covar=1e-6).fit(rows)
    assert model.converged_
    assert model.weights_.sum() == pytest.approx(1.0, rel=1e-6)
    assert set(map(tuple, model.means_.round(3))) == {(0.0, 0.0), (1.0, 1.0)}


def test_multiple_init(rows):
    one = GaussianMixture(3, init_params="random", random_state=0).fit(rows)
    many = GaussianMixture(3, init_params="random", random_state=0, n_init=5).fit(rows)
    assert many.lower_bound_ >= one.lower_bound_


@pytest.mark.parametrize("kind", TYPES)
def test_gaussian_mixture_n_parameters(kind):
    expected = {"spherical": 13, "diag": 21, "tied": 26, "full": 41}[kind]
    rows = np.random.RandomState(0).randn(50, 5)
    model = GaussianMixture(2, covariance_type=kind, random_state=0).fit(rows)
    assert model._n_parameters() == expected


def test_bic_1d_1component():
    rows = np.random.RandomState(0).randn(100, 1)
    full, *others = (GaussianMixture(covariance_type=kind).fit(rows).bic(rows) for kind in TYPES)
    np.testing.assert_allclose(others, full)


@pytest.mark.parametrize("kind", TYPES)
def test_gaussian_mixture_aic_bic(kind):
    rows = np.random.RandomState(0).randn(50, 3)
    rows -= rows.mean(axis=0)
    model = GaussianMixture(1, covariance_type=kind, reg_covar=0, max_iter=200).fit(rows)
    entropy = 0.5 * np.linalg.slogdet(2 * np.pi * np.e * np.cov(rows, rowvar=False, bias=True))[1]
    aic, bic = 2 * 50 * entropy, 2 * 50 * entropy + np.log(50) * model._n_parameters()
    bound = 3 / np.sqrt(50)
    assert abs((model.aic(rows) - aic - 2 * model._n_parameters()) / 50) / 3 < 1.0 + bound
    assert abs((model.bic(rows) - bic) / 50) / 3 < 1.0 + bound


@pytest.mark.parametrize("kind", TYPES)
def test_sample(groups, kind):
    rows, _ = groups
    model = GaussianMixture(4, covariance_type=kind, random_state=3).fit(rows)
    drawn, component = model.sample(40_000)
    assert drawn.shape == (40_000, 2)
    np.testing.assert_allclose(np.bincount(component) / 40_000, model.weights_, atol=0.01)
    matrices = GaussianMixture(4, random_state=3).fit(drawn).covariances_
    for c in range(4):
        mine = drawn[component == c]
        np.testing.assert_allclose(mine.mean(axis=0), model.means_[c], atol=0.1)
        nearest = np.abs(matrices - np.cov(mine.T)).max(axis=(1, 2)).min()
        assert nearest < 0.2


def test_init_means_not_duplicated(groups):
    rows, _ = groups
    start = GaussianMixture(4, init_params="random_from_data", max_iter=0, random_state=9)
    means = start.fit(rows).means_
    assert len(np.unique(means, axis=0)) == 4


@pytest.mark.parametrize("init", ["random", "random_from_data", "k-means++", "kmeans"])
def test_means_for_all_inits(rows, init):
    model = GaussianMixture(3, init_params=init, random_state=0).fit(rows)
    assert model.means_.shape == (3, 3)
    assert (model.means_ >= rows.min(axis=0)).all()
    assert (model.means_ <= rows.max(axis=0)).all()


def test_max_iter_zero(rows):
    given = rows[:3]
    model = GaussianMixture(3, max_iter=0, means_init=given, random_state=0).fit(rows)
    np.testing.assert_allclose(model.means_, given)
    assert (model.n_iter_, model.lower_bounds_, model.lower_bound_) == (0, [], -np.inf)


@pytest.mark.parametrize("kind", TYPES)
def test_gaussian_mixture_precisions_init(kind):
    rng = np.random.RandomState(0)
    responsibilities = np.eye(2)[rng.randint(0, 2, 100)]
    rows = rng.randn(100, 2) + 2 * responsibilities
    first = GaussianMixture(2, covariance_type=kind, resp_init=responsibilities, reg_covar=0,
                            max_iter=0).fit(rows)  # fmt: skip
    again = GaussianMixture(2, covariance_type=kind, reg_covar=0, max_iter=0,
                            weights_init=first.weights_, means_init=first.means_,
                            precisions_init=first.precisions_).fit(rows)  # fmt: skip
    for name in ("covariances_", "precisions_", "precisions_cholesky_"):
        np.testing.assert_allclose(getattr(again, name), getattr(first, name), rtol=1e-10)


def test_gaussian_mixture_single_component_stable():
    # scikit-learn issue 23032
    rows = np.random.RandomState(0).multivariate_normal(np.zeros(2), np.identity(2), size=10)
    assert GaussianMixture(1).fit(rows).sample()[0].shape == (1, 2)


def test_gaussian_mixture_setting_best_params():
    # scikit-learn issue 18216: the best parameters are the best initialization's, not the last's.
    rng = np.random.RandomState(0)
    rows = np.vstack([rng.randn(20, 2), rng.randn(20, 2) + 4, rng.randn(5, 2) * 0.1 + 9])
    model = GaussianMixture(4, n_init=15, reg_covar=1e-6, random_state=5, init_params="random")
    model.fit(rows)
    assert hasattr(model, "covariances_")
    every = [
        GaussianMixture(4, init_params="random", random_state=state).fit(rows).lower_bound_
        for state in [np.random.RandomState(5)] * 15
    ]
    assert model.lower_bound_ == pytest.approx(max(every), rel=1e-12)


@pytest.mark.parametrize("kind", FAMILIES)
def test_invariant_translation(rows, kind):
    options = {"covariance_type": kind, "random_state": 0, "reg_covar": 0, "tol": 1e-6}
    here = GaussianMixture(2, max_iter=500, **options).fit(rows)
    there = GaussianMixture(2, max_iter=500, **options).fit(rows + 100)
    np.testing.assert_allclose(there.means_, here.means_ + 100, rtol=1e-7)
    np.testing.assert_allclose(there.covariances_, here.covariances_, rtol=1e-5, atol=1e-8)


def test_compare_covar_type(rows):
    """With one component every family that allows it finds the same matrix."""
    full = GaussianMixture(1).fit(rows).covariances_[0]
    for kind in ("tied", "VEE", "EEV", "VVE", "EVV"):
        found = GaussianMixture(1, covariance_type=kind).fit(rows).covariances_
        np.testing.assert_allclose(found.reshape(3, 3), full, rtol=1e-6, atol=1e-9)
    diagonal = GaussianMixture(1, covariance_type="diag").fit(rows).covariances_[0]
    np.testing.assert_allclose(diagonal, np.diag(full))
    spherical = GaussianMixture(1, covariance_type="spherical").fit(rows).covariances_
    np.testing.assert_allclose(spherical, diagonal.mean())
