"""Every loader of files on an object store."""

import gzip
import io
import os
import pickle
import socket

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gmmflow.errors import DataError, InputMissing, PermissionRefused, StorageError
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.csv import Csv
from gmmflow.loaders.hdf5 import Hdf5
from gmmflow.loaders.npy import Npy
from gmmflow.loaders.parquet import Parquet
from gmmflow.loaders.zarr import Zarr

h5py = pytest.importorskip("h5py") if not os.environ.get("CI") else __import__("h5py")
zarr = pytest.importorskip("zarr") if not os.environ.get("CI") else __import__("zarr")

X = np.random.default_rng(0).normal(size=(200, 3))
CHUNK = 50 * 3 * 8


def text(rows):
    return ("a,b,c\n" + "".join(",".join(map(repr, row)) + "\n" for row in rows.tolist())).encode()


def npy(rows):
    stream = io.BytesIO()
    np.save(stream, rows)
    return stream.getvalue()


def parquet(rows):
    sink = io.BytesIO()
    pq.write_table(pa.table(dict(zip("abc", rows.T, strict=True))), sink, row_group_size=30)
    return sink.getvalue()


def hdf5(rows):
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file["X"] = rows
    return stream.getvalue()


WRITE = {
    "csv": (Csv, text),
    "csv.gz": (Csv, lambda rows: gzip.compress(text(rows))),
    "npy": (Npy, npy),
    "parquet": (Parquet, parquet),
    "h5": (Hdf5, hdf5),
}


@pytest.mark.parametrize(
    ("end", "way"),
    [("npy", way) for way in ("file", "list", "glob", "folder", "http")]
    + [(end, way) for end in WRITE if end != "npy" for way in ("glob", "http")],
)
def test_files_are_read(store, load_both, end, way):
    loader, content = WRITE[end]
    names = f"d/part-2.{end}", f"d/part-10.{end}"
    urls = [store.write(names[0], content(X[:100])), store.write(names[1], content(X[100:]))]
    path = {
        "file": urls[0],
        "list": urls[::-1],
        "glob": f"{store.s3}/d/*.{end}",
        "folder": f"{store.s3}/d",
        "http": f"{store.http}/{names[0]}",
    }[way]
    data = load_both(loader(path=path, chunk_size=CHUNK)).held
    n = 100 if way in ("file", "http") else 200
    expected = np.concatenate([X[100:], X[:100]]) if way == "list" else X[:n]
    np.testing.assert_array_equal(data.rows, expected)
    assert len(data.chunks) >= n // 50
    source = loader(path=path).inspect(LoadContext())
    assert source.fingerprint == data.fingerprint


@pytest.mark.parametrize("end", WRITE)
def test_a_change_during_the_run_is_told(store, end):
    loader, content = WRITE[end]
    url = store.write(f"a.{end}", content(X))
    context = LoadContext(in_memory=0)
    lazy = loader(path=url, chunk_size=CHUNK).load(context)
    np.testing.assert_array_equal(lazy.rows.compute(), X)
    store.write(f"a.{end}", content(X + 1))
    if end.startswith("csv"):
        np.testing.assert_array_equal(lazy.rows.compute(), X)  # it was parsed once
    else:
        message = rf"{url} was changed while it was being used: .*its tag was \w+ and is \w+ now"
        with pytest.raises(DataError, match=message):
            lazy.rows.compute()
    assert loader(path=url).load(context).fingerprint != lazy.fingerprint


def test_zarr(store, tmp_path, load_both):
    array = zarr.create_array(tmp_path / "a.zarr", shape=X.shape, dtype="f8", chunks=(50, 3))
    array[:] = X
    url = store.copy(tmp_path / "a.zarr", "a.zarr")
    loader = Zarr(path=url, chunk_size=CHUNK)
    both = load_both(loader)
    np.testing.assert_array_equal(both.held.rows, X)
    assert both.held.chunks == (50,) * 4
    store.write("a.zarr/c/1/0", b"other")
    with pytest.raises(DataError, match=r"changed while .*c/1/0, which holds rows 51 to 100"):
        both.lazy.rows.compute()


def test_partitioned_folders(store, load_both):
    for year in (2020, 2021):
        store.write(f"t/year={year}/0.parquet", parquet(X))
    data = load_both(Parquet(path=f"{store.s3}/t", labels="year")).held
    assert data.label_names == ("2020", "2021")


def test_tasks_carry_paths_and_no_data(store):
    url = store.write("a.npy", npy(X))
    lazy = Npy(path=url, chunk_size=CHUNK).load(LoadContext(in_memory=0))
    assert len(pickle.dumps(lazy)) < 4000
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(lazy)).rows.compute(), X)


def test_only_the_rows_of_a_chunk_are_asked_for(store, monkeypatch):
    import s3fs.core

    url = store.write("a.npy", npy(np.zeros((100_000, 3))))
    lazy = Npy(path=url, chunk_size=CHUNK).load(LoadContext(in_memory=0))
    asked = []
    fetch = s3fs.core.S3File._fetch_range
    monkeypatch.setattr(
        s3fs.core.S3File,
        "_fetch_range",
        lambda self, start, end: asked.append(end - start) or fetch(self, start, end),
    )
    lazy.rows.blocks[1000].compute()
    assert sum(asked) < 3 * (1 << 16)


def test_what_is_not_there(store):
    store.write("d/points.npy", npy(X))
    with pytest.raises(InputMissing, match=rf"no {store.s3}/d/pints.npy\n.*'points.npy'"):
        Npy(path=f"{store.s3}/d/pints.npy").load(LoadContext())
    with pytest.raises(InputMissing, match=rf"no file matches {store.s3}/\*.npy"):
        Npy(path=f"{store.s3}/*.npy").load(LoadContext())
    with pytest.raises(InputMissing, match=r"there is no s3://no-such-bucket/a.npy"):
        Npy(path="s3://no-such-bucket/a.npy").load(LoadContext())
    with pytest.raises(InputMissing, match=rf"there is no {store.http}/a.npy"):
        Npy(path=f"{store.http}/a.npy").load(LoadContext())


def test_without_credentials(store, environment):
    import s3fs

    url = store.write("a.npy", npy(X))
    s3fs.S3FileSystem.clear_instance_cache()
    environment.delenv("AWS_ACCESS_KEY_ID")
    environment.delenv("AWS_SECRET_ACCESS_KEY")
    environment.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    with pytest.raises(PermissionRefused, match=r"no permission to read s3://.*\n.*AWS_ACCESS_KEY"):
        Npy(path=url).load(LoadContext())


def test_a_server_that_does_not_answer():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/a.npy"
        with pytest.raises(StorageError, match=f"cannot read {url}: .*Connect call failed"):
            Npy(path=url).load(LoadContext())
