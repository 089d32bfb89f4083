import os
import subprocess
import sys

import numpy as np
import pytest

from gmmflow.errors import ConfigError, DataError
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.hdf5 import Hdf5

h5py = pytest.importorskip("h5py") if not os.environ.get("CI") else __import__("h5py")

X = np.random.default_rng(0).normal(size=(103, 4))
Y = np.arange(103) % 3


@pytest.fixture
def write(tmp_path):
    def write(name="a.h5", how=None, **datasets):
        with h5py.File(tmp_path / name, "w") as file:
            for path, values in datasets.items():
                file.create_dataset(path.replace("__", "/"), data=values, **how or {})
        return name

    return write


@pytest.mark.parametrize("how", [{}, {"chunks": (10, 2), "compression": "gzip", "shuffle": True}])
@pytest.mark.parametrize("stored", ["f8", ">f4", "i2"])
def test_numbers_of_every_type_and_layout(write, load_both, how, stored):
    expected = (10 * X).astype(stored)
    data = load_both(Hdf5(path=write(how=how, X=expected), chunk_size=25 * 4 * 8)).held
    np.testing.assert_array_equal(data.rows, expected.astype("f8"))
    assert data.names == ("x0", "x1", "x2", "x3")
    assert data.chunks == ((25,) * 4 + (3,) if not how else (20,) * 5 + (3,)), "whole blocks"
    assert data.source[0].startswith("a.h5/X, rows 1 to ")


def test_datasets_side_by_side(write, load_both):
    path = write(g__X=X, g__y=Y, w=np.arange(103.0))
    loader = Hdf5(path=path, dataset=["g/X", "/g/y", "w"], labels="y", sample_weight="w")
    data = load_both(loader).held
    assert data.names == ("X[0]", "X[1]", "X[2]", "X[3]")
    np.testing.assert_array_equal(data.rows, X)
    np.testing.assert_array_equal(data.labels, Y)
    np.testing.assert_array_equal(data.sample_weight, np.arange(103))
    loader = Hdf5(path=path, dataset=["w", "g/X"], columns=["X", "w"], chunk_size=999)
    np.testing.assert_array_equal(load_both(loader).held.rows, np.column_stack([X, range(103)]))


def test_files_follow_one_another(write, load_both):
    for i in (10, 9):
        write(f"{i}.h5", X=X + i)
    data = load_both(Hdf5(path="*.h5", chunk_size=150 * 4 * 8)).held
    np.testing.assert_array_equal(data.rows, np.concatenate([X + 9, X + 10]))
    assert data.chunks == (103, 103)


def test_blocks_that_are_larger_than_chunks_are_noted(write, load_both):
    both = load_both(Hdf5(path=write(how={"chunks": (50, 4)}, X=X), chunk_size=20 * 4 * 8))
    (note,) = both.lazy.notes
    assert note.startswith("the array is stored in blocks of 50 rows, larger than `chunk_size`")
    assert both.held.notes == ()


@pytest.mark.parametrize(
    ("datasets", "options", "message"),
    [
        ({}, {}, "a.h5 holds no arrays"),
        ({"a": X, "b": Y}, {}, r"holds 2 arrays: 'a' \(float64 \(103, 4\)\); 'b'.*\n.*dataset:"),
        ({"points": X}, {"dataset": "point"}, r"no array 'point'\n  did you mean 'points'\?"),
        ({"a": X, "b": Y[:5]}, {"dataset": ["a", "b"]}, r"a.h5/b has 5 rows, and a.h5/a has 103"),
        ({"a": np.zeros((2, 2, 2))}, {}, r"a.h5/a holds an array of shape \(2, 2, 2\)"),
        ({"a": ["text"]}, {}, r"a.h5/a holds object, and rows of real numbers"),
        ({"a": np.zeros((0, 3))}, {}, r"holds no rows: its shape is \(0, 3\)"),
        ({"a": [[1.0], [np.nan]]}, {}, r"a.h5/a: column 'x0' has no value .* in row 2"),
    ],
)
def test_files_without_usable_rows(write, context, datasets, options, message):
    with pytest.raises(DataError, match=message):
        Hdf5(path=write(**datasets), **options).load(context)


def test_broken_files(write, tmp_path, context):
    path = tmp_path / write(X=X)
    whole = path.read_bytes()
    for content in (b"no hdf5" * 100, whole[:-500]):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"a.h5 is not an HDF5 file, or is cut short"):
            Hdf5(path="a.h5").load(context)
    path = tmp_path / write(
        how={"chunks": (103, 4), "compression": "gzip", "fletcher32": True}, X=X
    )
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2 :] = bytes(len(damaged) - len(damaged) // 2)
    path.write_bytes(damaged)
    with pytest.raises(DataError, match="rows 1 to 103: cannot be decoded"):
        Hdf5(path="a.h5").load(context)


def test_data_in_other_files_are_refused(write, tmp_path, context):
    write("b.h5", X=X)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        layout = h5py.VirtualLayout(X.shape, "f8")
        layout[:] = h5py.VirtualSource("b.h5", "X", X.shape)
        file.create_virtual_dataset("V", layout)
    with pytest.raises(DataError, match=r"a.h5/V is made of other files"):
        Hdf5(path="a.h5").load(context)


def test_a_writer_is_noticed(write, tmp_path, context):
    path = tmp_path / write(X=X)
    code = f"import h5py; f = h5py.File({str(path)!r}, 'r+'); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        writer.stdout.readline()
        with pytest.raises(DataError, match=r"a.h5 is being written\n.*when it is closed"):
            Hdf5(path="a.h5").load(context)
        writer.communicate(b"\n")


def test_a_file_that_changes_is_no_longer_read(write, tmp_path):
    lazy = Hdf5(path=write(X=X)).load(LoadContext(tmp_path, in_memory=0))
    write(X=np.zeros((200, 4)))
    with pytest.raises(DataError, match=r"a.h5 was changed while it was being used: it had"):
        lazy.rows.compute()


def test_inspect(write, tmp_path):
    source = Hdf5(path=write(X=X)).inspect(LoadContext(tmp_path))
    assert source.description == "1 HDF5 file, (103, 4)"
    assert source.n_rows == 103


def test_without_the_package(write, context, monkeypatch):
    loader = Hdf5(path=write(X=X))
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ConfigError, match=r"needs the package h5py.*\n.*gmmflow\[hdf5\]"):
        loader.load(context)
