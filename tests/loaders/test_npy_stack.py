"""Several .npy files as one array, and the folders of Dask."""

import pickle

import dask.array as da
import numpy as np
import pytest

from gmmflow.errors import DataError
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.npy import Npy

X = np.random.default_rng(0).normal(size=(110, 3))


def test_a_folder_of_dask_in_the_order_of_its_numbers(tmp_path, load_both):
    da.to_npy_stack(tmp_path / "stack", da.from_array(X, chunks=(10, -1)))
    data = load_both(Npy(path="stack", chunk_size=25 * 3 * 8)).held
    np.testing.assert_array_equal(data.rows, X)
    assert data.chunks == (20, 20, 20, 20, 20, 10)
    assert data.source[0] == "0.npy, row 1 to 1.npy, row 10"


def test_a_stack_along_columns_is_refused(tmp_path, context):
    da.to_npy_stack(tmp_path / "stack", da.from_array(X, chunks=(-1, 1)), axis=1)
    with pytest.raises(DataError, match=r"cut along axis 1, and rows are needed.*\n.*axis=0"):
        Npy(path="stack").load(context)


class Evil:
    def __reduce__(self):
        return pytest.fail, ("a pickle was loaded",)


@pytest.mark.parametrize("info", [pickle.dumps({"axis": Evil()}), b"no pickle", b""])
def test_the_pickle_of_a_stack_is_never_loaded(tmp_path, context, info):
    da.to_npy_stack(tmp_path / "stack", da.from_array(X, chunks=(10, -1)))
    (tmp_path / "stack" / "info").write_bytes(info)
    assert Npy(path="stack").load(context).n_rows == 110


def test_files_of_other_sizes_types_and_orders_follow_one_another(tmp_path, load_both):
    np.save(tmp_path / "1.npy", X[:70])
    np.save(tmp_path / "2.npy", X[70:70])
    np.save(tmp_path / "10.npy", np.asfortranarray(X[70:].astype("f4")))
    loader = Npy(path="*.npy", columns=["x2", "x0"], chunk_size=30 * 2 * 8)
    data = load_both(loader).held
    expected = np.concatenate([X[:70], X[70:].astype("f4")])
    np.testing.assert_array_equal(data.rows, expected[:, [2, 0]])
    assert data.chunks == (30, 30, 10, 30, 10)
    source = loader.inspect(LoadContext(tmp_path))
    assert source.description == "3 .npy files, (110, 3) in all, <f8 in C order"


def test_labels_over_several_files(tmp_path, load_both):
    for i, codes in enumerate(([3, 1], [2, 1])):
        np.save(tmp_path / f"{i}.npy", np.column_stack([[0.5, 1.5], codes]))
    data = load_both(Npy(path=["0.npy", "1.npy"], labels="x1", chunk_size=8)).held
    assert data.label_names == ("1", "2", "3")
    np.testing.assert_array_equal(data.labels, [2, 0, 1, 0])


def test_arrays_of_other_columns(tmp_path, context):
    np.save(tmp_path / "1.npy", X)
    np.save(tmp_path / "2.npy", X[:, :1])
    with pytest.raises(DataError, match=r"2.npy has 1 column \(x0\), and 1.npy has 3 columns \(x0"):
        Npy(path="*.npy").load(context)
