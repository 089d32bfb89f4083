"""Responsibilities to start from: an M-step comes first."""

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture as Theirs

from gmmflow import GaussianMixture


@pytest.fixture
def resp(rows) -> np.ndarray:
    """Soft responsibilities of three components."""
    return np.random.RandomState(0).dirichlet(np.ones(3), len(rows))


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
def test_the_first_thing_is_an_m_step(rows, resp, kind):
    start = GaussianMixture(3, covariance_type=kind, resp_init=resp, max_iter=0).fit(rows)
    theirs = Theirs(3, covariance_type=kind)
    theirs._initialize(rows, resp)
    for name in ("weights_", "means_", "covariances_"):
        np.testing.assert_allclose(getattr(start, name), getattr(theirs, name), rtol=1e-10)


def test_given_numbers_replace_its(rows, resp):
    start = GaussianMixture(3, resp_init=resp, means_init=rows[:3], max_iter=0).fit(rows)
    np.testing.assert_array_equal(start.means_, rows[:3])
    np.testing.assert_allclose(start.weights_, resp.mean(axis=0))


def test_rows_without_responsibilities_take_no_part(rows, resp):
    resp[100:] = 0.0
    start = GaussianMixture(3, resp_init=resp, max_iter=0).fit(rows)
    part = GaussianMixture(3, resp_init=resp[:100], max_iter=0).fit(rows[:100])
    np.testing.assert_allclose(start.covariances_, part.covariances_, rtol=1e-9)


def test_labels_in_a_list(rows):
    labels = (rows[:, 0] > 2.0).astype(int)
    start = GaussianMixture(2, resp_init=np.eye(2)[labels].tolist(), max_iter=0).fit(rows)
    for c in range(2):
        np.testing.assert_allclose(start.means_[c], rows[labels == c].mean(axis=0))


def test_nothing_is_random(rows, resp):
    generator = np.random.RandomState(0)
    GaussianMixture(3, resp_init=resp, n_init=4, random_state=generator, tol=1e-2).fit(rows)
    assert generator.randint(1000) == np.random.RandomState(0).randint(1000)


@pytest.mark.parametrize(("wrong", "message"), [
    (np.ones((5, 3)), r"'resp_init' should have the shape of \(330, 3\), but got \(5, 3\)"),
    (np.ones((330, 3)), "rows of nonnegative numbers that sum to 1 .* sums from 3.00000"),
    (np.tile([1.5, -0.5, 0.0], (330, 1)), "a smallest value of -0.50000"),
    (np.full((330, 3), np.nan), "Input resp_init contains NaN"),
])  # fmt: skip
def test_what_is_refused(rows, wrong, message):
    with pytest.raises(ValueError, match=message):
        GaussianMixture(3, resp_init=wrong).fit(rows)


def test_an_empty_component_is_named(rows):
    with pytest.raises(ValueError, match="component 2: it emptied"):
        GaussianMixture(3, resp_init=np.eye(3)[np.arange(len(rows)) % 2]).fit(rows)
