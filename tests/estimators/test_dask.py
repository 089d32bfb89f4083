"""Dask arrays are fitted chunk by chunk, and give Dask arrays."""

import dask.array as da
import numpy as np
import pytest

from gmmflow import GaussianMixture


@pytest.fixture
def lazy(rows):
    """The rows in chunks, of rows and of columns."""
    return da.from_array(rows, chunks=(100, 2))


def close(found, expected):
    for name in ("weights_", "means_", "covariances_", "precisions_cholesky_"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-8)
    assert found.log_likelihood_ == pytest.approx(expected.log_likelihood_, rel=1e-12)
    np.testing.assert_allclose(found.lower_bounds_, expected.lower_bounds_, rtol=1e-12)


def test_the_same_start_gives_the_same_mixture(rows, lazy):
    options = {"means_init": rows[:3], "weights_init": [0.2, 0.3, 0.5],
               "precisions_init": np.stack([np.eye(3)] * 3), "n_components": 3}  # fmt: skip
    close(GaussianMixture(**options).fit(lazy), GaussianMixture(**options).fit(rows))
    weight = np.arange(len(rows)) % 3.0
    expected = GaussianMixture(**options).fit(rows, sample_weight=weight)
    close(GaussianMixture(**options).fit(lazy, sample_weight=weight), expected)
    lazy_weight = da.from_array(weight, chunks=70)
    close(GaussianMixture(**options).fit(lazy, sample_weight=lazy_weight), expected)


@pytest.mark.parametrize("init", ["kmeans", "k-means++", "random", "random_from_data"])
def test_random_starts(lazy, init):
    options = {"n_components": 3, "init_params": init, "n_init": 2, "random_state": 0}
    model = GaussianMixture(**options).fit(lazy)
    again = GaussianMixture(**options).fit(lazy)
    np.testing.assert_array_equal(model.means_, again.means_)
    assert model.converged_


def test_kmeans_on_all_rows_of_a_sample_starts_as_in_memory(rows, lazy):
    options = {"n_components": 3, "random_state": 0, "tol": 1e-8, "max_iter": 2000}
    found, expected = (GaussianMixture(**options).fit(each) for each in (lazy, rows))
    assert found.log_likelihood_ == pytest.approx(expected.log_likelihood_, rel=1e-6)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "score_samples"])
def test_answers_are_lazy(rows, lazy, method):
    model = GaussianMixture(3, random_state=0).fit(rows)
    found = getattr(model, method)(lazy)
    expected = getattr(model, method)(rows)
    assert isinstance(found, da.Array)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    np.testing.assert_allclose(found.compute(), expected, rtol=1e-9)


def test_scores(rows, lazy):
    model = GaussianMixture(3, random_state=0).fit(rows)
    weight = np.arange(len(rows)) % 3.0
    assert model.score(lazy) == pytest.approx(model.score(rows), rel=1e-12)
    assert model.bic(lazy) == pytest.approx(model.bic(rows), rel=1e-12)
    assert model.score(lazy, sample_weight=weight) == pytest.approx(
        model.score(rows, sample_weight=weight), rel=1e-12
    )
    assert isinstance(model.fit_predict(lazy), da.Array)


def test_responsibilities_beside_the_rows(rows, lazy):
    resp = np.random.RandomState(0).dirichlet(np.ones(3), len(rows))
    expected = GaussianMixture(3, resp_init=resp, max_iter=0).fit(rows)
    for given in (resp, da.from_array(resp, chunks=(70, 2))):
        close(GaussianMixture(3, resp_init=given, max_iter=0).fit(lazy), expected)
    close(GaussianMixture(3, resp_init=given, max_iter=0).fit(rows), expected)
    # Far from the centre, against their spread: statistics are collected again about the means.
    far = np.where(resp[:, :1] > 0.5, rows * 1e-3 + 1e4, rows * 1e-3)
    split = np.eye(2)[(resp[:, 0] > 0.5).astype(int)]
    found = GaussianMixture(2, resp_init=da.from_array(split, chunks=(70, 2)), max_iter=0).fit(
        da.from_array(far, chunks=(100, 3))
    )
    close(found, GaussianMixture(2, resp_init=split, max_iter=0).fit(far))


def test_wrong_responsibilities_are_found_when_they_are_read(lazy):
    with pytest.raises(ValueError, match=r"resp_init has rows, from \d+ to \d+, that are not"):
        GaussianMixture(3, resp_init=da.ones((330, 3), chunks=(70, 3))).fit(lazy)
    empty = da.from_array(np.eye(3)[np.arange(330) % 2], chunks=(70, 3))
    with pytest.raises(ValueError, match=r"component 2: it emptied.* at the start"):
        GaussianMixture(3, resp_init=empty).fit(lazy)


def test_what_is_refused(lazy):
    with pytest.raises(ValueError, match=r"column 'x\d' has no value"):
        GaussianMixture().fit(da.where(lazy > 6.0, np.nan, lazy))
    with pytest.raises(ValueError, match="unknown chunk sizes"):
        GaussianMixture().fit(lazy[lazy[:, 0] > 0.0])
    with pytest.raises(ValueError, match="Expected 2D array, got 1D array"):
        GaussianMixture().fit(lazy[:, 0])


def test_float32_is_kept(lazy):
    model = GaussianMixture(2, random_state=0).fit(lazy.astype(np.float32))
    assert model.means_.dtype == np.float32
    assert model.score_samples(lazy.astype(np.float32)).compute().dtype == np.float32


@pytest.mark.parametrize("executor", ["threads", {"type": "threads", "threads": 2}])
def test_executors(rows, lazy, executor):
    options = {"n_components": 3, "random_state": 0}
    for each in (rows, lazy):
        expected = GaussianMixture(**options).fit(each)
        found = GaussianMixture(executor=executor, **options).fit(each)
        np.testing.assert_array_equal(found.means_, expected.means_)
