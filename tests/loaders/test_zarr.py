import os
import pickle
import sys

import numpy as np
import pytest

from gmmflow.errors import ConfigError, DataError, InputMissing
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.zarr import Zarr

zarr = pytest.importorskip("zarr") if not os.environ.get("CI") else __import__("zarr")

X = np.random.default_rng(0).normal(size=(103, 4))
Y = np.arange(103) % 3


@pytest.fixture
def write(tmp_path):
    def write(values, name="a.zarr", chunks=(10, 4), **how):
        array = zarr.create_array(
            tmp_path / name, shape=values.shape, dtype=values.dtype, chunks=chunks, **how
        )
        array[:] = values
        return name

    return write


@pytest.mark.parametrize(
    "how",
    [{}, {"shards": (20, 4)}, {"chunks": (10, 3)}, {"zarr_format": 2}, {"compressors": None}],
)
@pytest.mark.parametrize("stored", ["f8", ">f4", "i2"])
def test_numbers_of_every_type_and_layout(write, load_both, how, stored):
    expected = (10 * X).astype(stored)
    data = load_both(Zarr(path=write(expected, **how), chunk_size=25 * 4 * 8)).held
    np.testing.assert_array_equal(data.rows, expected.astype("f8"))
    assert data.chunks == (20,) * 5 + (3,)
    assert data.source[0] == "a.zarr, rows 1 to 20"
    assert data.notes == ()


@pytest.fixture
def group(tmp_path):
    root = zarr.open_group(tmp_path / "g.zarr", mode="w")
    for name, values in {"m/X": X, "y": Y, "w": np.arange(103.0)}.items():
        root.create_array(name, data=values)
    return root


def test_arrays_of_a_group_side_by_side(group, load_both):
    loader = Zarr(path="g.zarr", array=["m/X", "y", "w"], labels="y", sample_weight="w")
    data = load_both(loader).held
    np.testing.assert_array_equal(data.rows, X)
    np.testing.assert_array_equal(data.labels, Y)
    np.testing.assert_array_equal(data.sample_weight, np.arange(103))
    data = load_both(Zarr(path="g.zarr", array="m/X", chunk_size=320)).held
    assert data.names == ("x0", "x1", "x2", "x3")
    np.testing.assert_array_equal(load_both(Zarr(path="g.zarr/m")).held.rows, X)


def test_arrays_are_chosen_by_name(group, context):
    with pytest.raises(
        DataError, match=r"holds 3 arrays: .*'m/X' \(float64 \(103, 4\)\).*\n.*array:"
    ):
        Zarr(path="g.zarr").load(context)
    with pytest.raises(DataError, match=r"holds no array 'm/Y'\n  did you mean 'm/X'\?"):
        Zarr(path="g.zarr", array="m/Y").load(context)


def test_stores_follow_one_another(write, load_both):
    write(X, "1.zarr")
    write(X + 1, "2.zarr")
    data = load_both(Zarr(path=["2.zarr", "1.zarr"], chunk_size=103 * 4 * 8)).held
    np.testing.assert_array_equal(data.rows, np.concatenate([X + 1, X]))


def test_what_is_no_store(tmp_path, context):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"empty is not a Zarr store\n.*empty is empty"):
        Zarr(path="empty").load(context)
    (tmp_path / "file.zarr").write_text("a")
    with pytest.raises(DataError, match="is a file, and a Zarr store is a folder"):
        Zarr(path="file.zarr").load(context)
    (tmp_path / "empty" / "zarr.json").write_text("no json")
    with pytest.raises(DataError, match=r"empty is not a Zarr store: .*"):
        Zarr(path="empty").load(context)
    with pytest.raises(InputMissing, match=r"there is no file .*/emty"):
        Zarr(path="emty").load(context)


def test_blocks_that_are_not_stored_are_noted(write, tmp_path, load_both):
    write(X)
    (tmp_path / "a.zarr" / "c" / "3" / "0").unlink()
    (note,) = load_both(Zarr(path="a.zarr")).held.notes
    assert note.startswith(
        "1 of the 11 blocks of a.zarr are not stored and count as filled with 0.0"
    )


@pytest.mark.parametrize("change", ["written", "removed", "damaged"])
def test_a_change_is_an_error_where_it_matters(write, tmp_path, change):
    write(X)
    lazy = Zarr(path="a.zarr", chunk_size=320).load(LoadContext(tmp_path, in_memory=0))
    file = tmp_path / "a.zarr" / "c" / "3" / "0"
    if change == "written":
        zarr.open(tmp_path / "a.zarr", mode="r+")[35] = 1
    elif change == "removed":
        file.unlink()
    else:
        file.write_bytes(b"short")
    np.testing.assert_array_equal(lazy.rows.blocks[2].compute(), X[20:30])
    with pytest.raises(DataError, match=r"changed while .* c/3/0, which holds rows 31 to 40"):
        lazy.rows.blocks[3].compute()


def test_damage_that_was_there_before(write, tmp_path, context):
    write(X)
    (tmp_path / "a.zarr" / "c" / "3" / "0").write_bytes(b"short")
    with pytest.raises(DataError, match="rows 1 to 103: cannot be decoded"):
        Zarr(path="a.zarr").load(context)


def test_tasks_carry_only_what_they_read(write, tmp_path):
    write(np.zeros((5000, 1)), chunks=(1, 1), config={"write_empty_chunks": False})
    lazy = Zarr(path="a.zarr", chunk_size=800).load(LoadContext(tmp_path, in_memory=0))
    piece = next(task for key, task in lazy.rows.dask.items() if key[0].startswith("read-"))
    assert len(pickle.dumps(piece)) < 6000


def test_inspect(write, tmp_path):
    source = Zarr(path=write(X)).inspect(LoadContext(tmp_path))
    assert source.description == "1 Zarr store, (103, 4)"
    assert (source.n_rows, source.chunks) == (103, (103,))
    assert source.n_bytes > 1000


def test_without_the_package(write, context, monkeypatch):
    loader = Zarr(path=write(X))
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(ConfigError, match=r"needs the package zarr.*\n.*gmmflow\[zarr\]"):
        loader.load(context)
