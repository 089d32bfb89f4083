"""k-means gives the labels of scikit-learn's, for equal random numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from gmmflow.estimators.kmeans import assign, kmeans


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), n=st.integers(20, 400), d=st.integers(1, 6), k=st.integers(1, 9))
def test_labels(seed, n, d, k):
    rng = np.random.RandomState(seed)
    rows = rng.randn(n, d) * 3.0 + 4.0 * rng.randint(0, 4, (n, 1)) + 100.0
    theirs = KMeans(k, n_init=1, random_state=np.random.RandomState(seed)).fit(rows)
    labels, centres = kmeans(rows, None, k, np.random.RandomState(seed))
    np.testing.assert_array_equal(labels, theirs.labels_)
    np.testing.assert_allclose(centres, theirs.cluster_centers_, rtol=1e-9)


def test_weights():
    rng = np.random.RandomState(0)
    rows, weight = rng.randn(300, 2), rng.uniform(0.1, 5.0, 300)
    theirs = KMeans(4, n_init=1, random_state=np.random.RandomState(3))
    labels, _ = kmeans(rows, weight, 4, np.random.RandomState(3))
    np.testing.assert_array_equal(labels, theirs.fit(rows, sample_weight=weight).labels_)


def test_fewer_distinct_rows_than_centres():
    rows = np.repeat([[0.0, 0.0], [1.0, 1.0]], 5, axis=0)
    labels, centres = kmeans(rows, None, 4, np.random.RandomState(0))
    assert len(centres) == len(set(labels)) == 2


def test_ties_go_to_the_first_centre():
    x = np.array([[0.0, 1.0, -1.0]])
    labels, total, sums = assign(x, None, np.array([[1.0], [-1.0], [1.0]]))
    assert labels.tolist() == [0, 0, 1]
    assert total.tolist() == [2.0, 1.0, 0.0]
    assert sums.ravel().tolist() == [1.0, -1.0, 0.0]


def test_centres_without_rows_move_to_the_farthest():
    rows = np.r_[np.zeros((5, 1)), np.full((5, 1), 10.0), [[11.0]]]
    for seed in range(20):
        labels, _ = kmeans(rows, None, 3, np.random.RandomState(seed))
        assert len(set(labels)) == 3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_from_the_origin(dtype):
    rows = (np.r_[np.zeros((20, 1)), np.ones((20, 1))] * 64 + 1e6).astype(dtype)
    labels, _ = kmeans(rows, None, 2, np.random.RandomState(0))
    assert len(set(labels[:20])) == len(set(labels[20:])) == 1
    assert labels[0] != labels[-1]
