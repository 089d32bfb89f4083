import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.synthetic import Synthetic

CONTEXT = LoadContext(seed=3)


@settings(max_examples=15, deadline=None)
@given(chunk_size=st.integers(500, 400_000), n_rows=st.integers(1, 9000))
def test_rows_depend_on_neither_chunks_nor_their_number(chunk_size, n_rows):
    loader = Synthetic(n_rows=n_rows, n_features=3, chunk_size=chunk_size, labels=True)
    whole = Synthetic(n_rows=9000, n_features=3, labels=True).load(CONTEXT)
    for limit in (0, 1 << 30):
        data = loader.load(LoadContext(seed=3, in_memory=limit))
        assert sum(data.chunks) == n_rows
        np.testing.assert_array_equal(np.asarray(data.rows), whole.rows[:n_rows])
        np.testing.assert_array_equal(np.asarray(data.labels), whole.labels[:n_rows])


def test_both_ways(load_both):
    loader = Synthetic(n_rows=10_000, dtype="float32", labels=True, chunk_size="16KiB")
    assert load_both(loader).held.rows.dtype == np.float32
    load_both(Synthetic(n_rows=10_000, chunk_size="16KiB"))


@pytest.mark.parametrize("covariance", ["spherical", "diag", "full"])
def test_rows_follow_the_mixture(covariance):
    loader = Synthetic(
        n_rows=200_000, components=4, weights=[1, 2, 3, 4], covariance=covariance, labels=True
    )
    data, truth = loader.load(CONTEXT), loader.truth(CONTEXT.seed)
    assert data.label_names == ("0", "1", "2", "3")
    np.testing.assert_allclose(np.bincount(data.labels) / 2e5, truth.weights, atol=0.005)
    for k in range(4):
        of = data.rows[data.labels == k]
        np.testing.assert_allclose(of.mean(axis=0), truth.means[k], atol=0.04)
        np.testing.assert_allclose(np.cov(of.T), truth.covariances[k], atol=0.06)
    if covariance == "spherical":
        np.testing.assert_array_equal(truth.covariances, np.broadcast_to(np.eye(2), (4, 2, 2)))
    off_diagonal = np.abs(truth.covariances[:, 0, 1]).max()
    assert (off_diagonal > 0.01) == (covariance == "full")


@given(
    k=st.integers(2, 12),
    d=st.integers(1, 6),
    separation=st.floats(0, 50),
    seed=st.integers(0, 1000),
)
def test_separation_is_that_of_the_nearest_means(k, d, separation, seed):
    loader = Synthetic(components=k, n_features=d, separation=separation)
    truth = loader.truth(seed)
    between = np.linalg.norm(truth.means[:, None] - truth.means, axis=2)
    nearest = between[np.triu_indices(k, 1)].min()
    np.testing.assert_allclose(nearest, separation, rtol=1e-9, atol=1e-12)
    mean_variance = np.trace(truth.covariances, axis1=1, axis2=2) / d
    np.testing.assert_allclose(mean_variance, 1)


def test_seeds():
    rows = Synthetic().load(LoadContext(seed=1)).rows
    assert not np.array_equal(rows, Synthetic().load(LoadContext(seed=2)).rows)
    np.testing.assert_array_equal(rows, Synthetic(seed=1).load(LoadContext(seed=2)).rows)


def test_fingerprint_sees_every_option_that_changes_rows():
    loaders = [
        Synthetic(),
        Synthetic(seed=1),
        Synthetic(n_rows=9),
        Synthetic(separation=2),
        Synthetic(covariance="diag"),
        Synthetic(weights=[1, 1, 2]),
        Synthetic(n_features=3),
    ]
    assert len({loader.load(CONTEXT).fingerprint for loader in loaders}) == len(loaders)


def test_inspect_draws_nothing():
    source = Synthetic(n_rows=10**12, n_features=16, chunk_size="1GiB").inspect(CONTEXT)
    assert source.n_rows == 10**12
    assert source.n_bytes == 0
    assert source.chunks[0] == 1 << 23


def test_wrong_options():
    with pytest.raises(ValidationError, match="2 weights were given for 3 components"):
        Synthetic(weights=[1, 1])
    with pytest.raises(ValidationError, match="must be positive and finite"):
        Synthetic(weights=[1, 0, 1])
