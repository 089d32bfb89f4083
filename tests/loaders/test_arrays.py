import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from gmmflow.errors import DataError
from gmmflow.loaders.arrays import from_arrays


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(100, 3))


def test_float64_is_not_copied(x):
    data = from_arrays(x)
    assert np.shares_memory(data.rows, x)
    assert data.names == ("x0", "x1", "x2")
    assert data.chunks == (100,)
    assert data.fingerprint.startswith("sha256:")


@given(st.integers(1, 4000))
def test_chunks_come_from_their_size(chunk_size):
    data = from_arrays(np.zeros((100, 3), "f4"), chunk_size=chunk_size)
    assert data.rows.dtype == np.float32
    assert sum(data.chunks) == 100
    assert max(data.chunks) == min(100, max(1, chunk_size // 12))


@pytest.mark.parametrize("dtype", ["i8", "u1", "?", "f2", ">f8", ">f4", "longdouble"])
def test_real_numbers_of_other_types(dtype):
    values = np.array([[0, 1], [1, 0]], dtype)
    data = from_arrays(values)
    assert data.rows.dtype == (np.float32 if dtype == ">f4" else np.float64)
    assert data.rows.dtype.isnative
    np.testing.assert_array_equal(data.rows, [[0, 1], [1, 0]])


def test_lists_and_one_dimension():
    assert from_arrays([[1, 2], [3, 4.5]]).rows.shape == (2, 2)
    assert from_arrays(np.arange(5)).rows.shape == (5, 1)


def test_data_frames_keep_their_names(x):
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    assert from_arrays(frame).names == ("a", "b", "c")
    np.testing.assert_array_equal(from_arrays(frame).rows, x)
    mixed = pd.DataFrame({"i": [1, 2], "f": [0.5, 1], "t": [True, False]})
    np.testing.assert_array_equal(from_arrays(mixed).rows, [[1, 0.5, 1], [2, 1, 0]])
    assert from_arrays(pd.Series([1.0, 2], name="waiting")).names == ("waiting",)
    single = from_arrays(pd.DataFrame(x.astype("f4"), columns=[7, 8, 9]))
    assert single.rows.dtype == np.float32
    assert single.names == ("7", "8", "9")
    assert from_arrays(pa.table({"u": [1, 2], "v": [1.0, 2]})).names == ("u", "v")
    assert from_arrays(frame, names=["p", "q", "r"]).names == ("p", "q", "r")


@pytest.mark.parametrize(
    ("labels", "names", "codes"),
    [
        (["b", "a", "b"], ("a", "b"), [1, 0, 1]),
        ([10, 9, -1], ("9", "10"), [1, 0, -1]),
        ([1.0, np.nan, 2.0], ("1", "2"), [0, -1, 1]),
        (["x", None, ""], ("x",), [0, -1, -1]),
        ([True, False, True], ("false", "true"), [1, 0, 1]),
        (pd.Series(["q", "p", None]), ("p", "q"), [1, 0, -1]),
    ],
)
def test_labels(labels, names, codes):
    data = from_arrays(np.zeros((3, 1)), labels=labels)
    assert data.label_names == names
    assert data.labels.dtype == np.int32
    np.testing.assert_array_equal(data.labels, codes)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([[1, 2], [3]], "x cannot be made an array"),
        ([["a", "b"]], "x holds <U1, and real numbers are needed"),
        (np.zeros((2, 2, 2)), r"x has shape \(2, 2, 2\)"),
        (5.0, r"x has shape \(\)"),
        (np.zeros((0, 2)), r"x is empty: its shape is \(0, 2\)"),
        (np.zeros((2, 2), complex), "x holds complex128"),
        (np.array([[1, np.nan], [2, np.nan]]), "column 'x1' has no value .* in rows 1, 2\n.*fill"),
        (np.array([[1, 2], [-np.inf, 3]]), "column 'x0' holds infinity in row 2"),
        (sparse.csr_matrix(np.eye(3)), "x is a sparse matrix of shape"),
        (pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), "column 'b' holds"),
        (pd.DataFrame({"a": pd.array([1, None], "Int64")}), "'a' has no value .* in row 2"),
        (pd.DataFrame(index=range(3)), "x has no columns"),
        (np.ma.masked_equal([[1.0], [2]], 2), "x is masked in row 2"),
        (pd.DataFrame(np.eye(2), columns=["a", "a"]), "two columns have one name"),
    ],
)
def test_what_is_refused(bad, message):
    with pytest.raises(DataError, match=message):
        from_arrays(bad)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.ones(99), r"sample_weight has shape \(99,\), and x has 100 rows"),
        (np.ones((100, 1)), r"sample_weight has shape \(100, 1\)"),
        (-np.ones(100), r"weight 'sample_weight' is negative in rows 1, 2, 3, ... \(100 here\)"),
        (np.r_[np.ones(99), np.nan], "'sample_weight' has no value .* in row 100"),
        (np.r_[np.ones(99), np.inf], "'sample_weight' holds infinity in row 100"),
        (np.zeros(100), "all row weights are zero"),
        (["a"] * 100, "sample_weight holds <U1"),
    ],
)
def test_wrong_weights(x, weight, message):
    with pytest.raises(DataError, match=message):
        from_arrays(x, weight)


def test_rows_are_counted_over_chunks(x):
    x[77, 0] = np.nan
    with pytest.raises(DataError, match="in row 78"):
        from_arrays(x, chunk_size=240)


def test_names_must_fit(x):
    with pytest.raises(DataError, match="2 names were given for 3 columns"):
        from_arrays(x, names=["a", "b"])


def test_fingerprint_sees_values_weights_and_labels(x):
    weight, labels = np.ones(100), np.arange(100) % 2
    seen = {
        from_arrays(x).fingerprint,
        from_arrays(x[::-1]).fingerprint,
        from_arrays(x.astype("f4")).fingerprint,
        from_arrays(x, weight).fingerprint,
        from_arrays(x, None, labels).fingerprint,
    }
    assert len(seen) == 5
    assert from_arrays(x.copy()).fingerprint == from_arrays(x).fingerprint
    big = np.zeros((2_200_000, 4))
    assert from_arrays(big).fingerprint != from_arrays(big[1:]).fingerprint
