import os

import dask
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmmflow.errors import DataError, InputMissing
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.npy import Npy


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(103, 4))


@pytest.mark.parametrize("layout", ["C", "F"])
@pytest.mark.parametrize("stored", ["f8", "f4", ">f8", "i2", "u8", "?"])
def test_numbers_of_every_type_and_order_are_read(tmp_path, load_both, x, layout, stored):
    expected = (10 * x).astype(stored)
    np.save(tmp_path / "a.npy", np.asarray(expected, order=layout))
    data = load_both(Npy(path="a.npy", chunk_size=10 * 4 * 8)).held
    np.testing.assert_array_equal(data.rows, expected.astype("f8"))
    assert data.names == ("x0", "x1", "x2", "x3")
    assert data.chunks == (10,) * 10 + (3,)
    assert data.source[1] == "a.npy, rows 11 to 20"


def test_columns_weights_and_labels_are_taken_by_name(tmp_path, load_both, x):
    x[:, 1] = np.arange(103) % 3 * 5
    x[:, 3] = np.arange(103)
    np.save(tmp_path / "a.npy", x)
    loader = Npy(path="a.npy", columns=["x2", "x0"], labels="x1", sample_weight="x3", chunk_size=99)
    data = load_both(loader).held
    np.testing.assert_array_equal(data.rows, x[:, [2, 0]])
    np.testing.assert_array_equal(data.sample_weight, x[:, 3])
    assert data.label_names == ("0", "5", "10")
    np.testing.assert_array_equal(data.labels, np.arange(103) % 3)


def test_without_columns_weights_and_labels_are_no_features(tmp_path, load_both):
    np.save(tmp_path / "a.npy", np.ones((5, 3)))
    loader = Npy(path="a.npy", labels="x1", sample_weight="x0")
    assert load_both(loader).held.names == ("x2",)


@settings(max_examples=20, deadline=None)
@given(chunk_size=st.integers(1, 5000))
def test_any_chunk_size_gives_the_same_rows(tmp_path_factory, chunk_size):
    folder = tmp_path_factory.mktemp("npy")
    x = np.random.default_rng(1).normal(size=(53, 3))
    np.save(folder / "a.npy", x)
    data = Npy(path="a.npy", chunk_size=chunk_size).load(LoadContext(folder, in_memory=0))
    np.testing.assert_array_equal(data.rows.compute(), x)
    assert sum(data.chunks) == 53


def test_one_dimension_is_one_column(tmp_path, load_both):
    np.save(tmp_path / "a.npy", np.arange(7.0))
    np.testing.assert_array_equal(load_both(Npy(path="a.npy")).held.rows, np.arange(7.0)[:, None])


def test_dropped_rows_are_counted_and_chunks_shrink(tmp_path, load_both, x):
    x[10:20, 0] = np.nan
    x[25, 1] = np.nan
    np.save(tmp_path / "a.npy", x)
    both = load_both(Npy(path="a.npy", missing="drop", chunk_size=10 * 4 * 8))
    assert both.held.chunks == (10, 9, 10, 10, 10, 10, 10, 10, 10, 3)
    np.testing.assert_array_equal(both.held.rows, x[~np.isnan(x).any(axis=1)])
    for data in (both.held, both.lazy):
        assert data.notes == ("11 of 103 rows were left out because a value is missing",)
        assert data.source[1] == "a.npy, rows 21 to 30"


def test_nothing_is_left(tmp_path):
    np.save(tmp_path / "a.npy", np.full((4, 1), np.nan))
    for limit in (0, 1000):
        with pytest.raises(DataError, match="no row is left"):
            Npy(path="a.npy", missing="drop").load(LoadContext(tmp_path, in_memory=limit))


def test_missing_values_are_found_in_the_first_sweep(tmp_path, x):
    x[[41, 57, 58, 90], 2] = np.nan
    np.save(tmp_path / "a.npy", x)
    with pytest.raises(
        DataError, match=r"a.npy: column 'x2' has no value .* rows 42, 58, 59, ... \(4 here\)"
    ):
        Npy(path="a.npy").load(LoadContext(tmp_path))
    lazy = Npy(path="a.npy", chunk_size=320).load(LoadContext(tmp_path, in_memory=0))
    with pytest.raises(DataError, match=r"column 'x2' has no value .* in row 42"):
        dask.compute(lazy.rows.blocks[4])


def test_infinity_is_refused_even_if_rows_are_dropped(tmp_path, context, x):
    x[5, 0] = np.inf
    np.save(tmp_path / "a.npy", x)
    with pytest.raises(DataError, match="column 'x0' holds infinity in row 6"):
        Npy(path="a.npy", missing="drop").load(context)


def test_too_large_for_float32(tmp_path, context):
    np.save(tmp_path / "a.npy", np.array([[1.0], [1e300]]))
    with pytest.raises(DataError, match=r"too large for float32, in row 2\n.*dtype: float64"):
        Npy(path="a.npy", dtype="float32").load(context)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\), and \(rows, columns\)"),
        (np.zeros((2, 2), complex), "holds complex128"),
        (np.array([["a"]]), "holds <U1"),
        (np.array([[None]]), "holds object"),
        (np.zeros((0, 3)), r"holds no rows: its shape is \(0, 3\)"),
        (np.array(3.0), r"shape \(\)"),
    ],
)
def test_arrays_that_are_no_table(tmp_path, context, array, message):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(DataError, match=message):
        Npy(path="a.npy").load(context)


def test_broken_files(tmp_path, context, x):
    path = tmp_path / "a.npy"
    np.save(path, x)
    whole = path.read_bytes()
    path.write_bytes(whole[:-8])
    with pytest.raises(DataError, match=f"cut short: {len(whole) - 8} bytes, .* {len(whole)}"):
        Npy(path="a.npy").load(context)
    path.write_bytes(b"not numpy at all")
    with pytest.raises(DataError, match=r"not a .npy file"):
        Npy(path="a.npy").load(context)
    path.write_bytes(b"")
    with pytest.raises(DataError, match="is empty"):
        Npy(path="a.npy").load(context)


def test_a_file_that_changes_is_no_longer_read(tmp_path, x):
    np.save(tmp_path / "a.npy", x)
    lazy = Npy(path="a.npy").load(LoadContext(tmp_path, in_memory=0))
    os.utime(tmp_path / "a.npy", ns=(1, 1))
    with pytest.raises(DataError, match="was changed while it was being used"):
        lazy.rows.compute()
    (tmp_path / "a.npy").unlink()
    with pytest.raises(InputMissing, match="there is no file"):
        lazy.rows.compute()


def test_inspect_reads_the_header_only(tmp_path, context):
    with open(tmp_path / "a.npy", "wb") as stream:
        np.lib.format.write_array_header_1_0(
            stream, {"descr": "<f8", "fortran_order": False, "shape": (10**6, 8)}
        )
        stream.truncate(stream.tell() + 8 * 8 * 10**6)
    source = Npy(path="a.npy", chunk_size="16MiB").inspect(context)
    assert source.n_rows == 10**6
    assert source.chunks == (262144, 262144, 262144, 213568)
    assert source.names[-1] == "x7"
    assert source.n_bytes > 64_000_000
    assert "C order" in source.description


def test_tasks_ship_no_data(tmp_path):
    import pickle

    np.save(tmp_path / "a.npy", np.zeros((100_000, 4)))
    lazy = Npy(path="a.npy", chunk_size="1MiB").load(LoadContext(tmp_path, in_memory=0))
    assert len(pickle.dumps(lazy)) < 10_000
