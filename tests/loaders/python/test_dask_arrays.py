import dask
import dask.array as da
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmmflow.errors import DataError
from gmmflow.loaders.arrays import from_arrays

X = np.random.default_rng(0).normal(size=(100, 3))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 100), max_size=6).map(sorted))
def test_ragged_and_empty_chunks_keep_every_row(cuts):
    sizes = tuple(np.diff([0, *cuts, 100]).tolist())
    weight, labels = np.arange(100.0), np.arange(100) % 3
    data = from_arrays(da.from_array(X, chunks=(sizes, 3)), weight, labels)
    assert not data.in_memory
    assert data.chunks == tuple(s for s in sizes if s)
    for array in (data.rows, data.sample_weight, data.labels):
        assert array.chunks[0] == data.chunks
    rows, weights, codes = dask.compute(data.rows, data.sample_weight, data.labels)
    np.testing.assert_array_equal(rows, X)
    np.testing.assert_array_equal(weights, weight)
    np.testing.assert_array_equal(codes, labels)
    assert codes.dtype == np.int32


def test_nothing_is_computed():
    def fail(block):
        raise AssertionError("computed")

    lazy = da.zeros((10, 2), chunks=5).map_blocks(fail, dtype=float, meta=np.empty((0, 0)))
    assert from_arrays(lazy).n_rows == 10


def test_columns_are_put_together_and_row_chunks_kept():
    data = from_arrays(da.from_array(X, chunks=((10, 50, 40), (1, 2))))
    assert data.rows.chunks == ((10, 50, 40), (3,))
    assert "cut in 2 along its columns" in data.notes[0]
    np.testing.assert_array_equal(data.rows.compute(), X)


def test_types():
    assert from_arrays(da.ones((4, 2), dtype="f4")).rows.dtype == np.float32
    assert from_arrays(da.ones((4, 2), dtype="i4")).rows.compute().dtype == np.float64
    assert from_arrays(da.ones(4)).rows.shape == (4, 1)


def test_dask_weights_and_labels_in_other_chunks():
    weight = da.from_array(np.arange(100.0), chunks=7)
    labels = da.from_array(np.array(["b", "a", "", "c"] * 25), chunks=30)
    data = from_arrays(da.from_array(X, chunks=(40, 3)), weight, labels)
    assert data.sample_weight.chunks == data.labels.chunks == ((40, 40, 20),)
    assert data.label_names == ("a", "b", "c")
    np.testing.assert_array_equal(data.labels.compute()[:4], [1, 0, -1, 2])


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (da.from_array(X)[da.from_array(X)[:, 0] > 0], r"unknown chunk sizes\n.*compute_chunk_si"),
        (da.zeros((2, 2), dtype=complex), "x holds complex128"),
        (da.zeros((2, 2, 2)), r"x has shape \(2, 2, 2\)"),
        (da.zeros((0, 2)), "x is empty"),
    ],
)
def test_what_is_refused(x, message):
    with pytest.raises(DataError, match=message):
        from_arrays(x)


def test_bad_rows_are_found_in_the_first_sweep():
    x = X.copy()
    x[[61, 70], 1] = np.nan
    data = from_arrays(da.from_array(x, chunks=(20, 3)), -np.eye(100)[5])
    with pytest.raises(DataError, match=r"column 'x1' has no value .* in rows 62, 71\n"):
        data.rows.compute()
    with pytest.raises(DataError, match=r"'sample_weight' is negative in row 6\n"):
        data.sample_weight.compute()
    with pytest.raises(DataError, match=r"sample_weight has shape \(99,\)"):
        from_arrays(da.from_array(x), da.ones(99))
