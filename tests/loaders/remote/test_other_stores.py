"""What is said of paths with a protocol; memory as the smallest store."""

import sys

import fsspec
import numpy as np
import pytest

from gmmflow.errors import ConfigError, DataError
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.csv import Csv
from gmmflow.loaders.npy import Npy
from gmmflow.loaders.reading.places import is_remote, shown


@pytest.fixture
def memory():
    store = fsspec.filesystem("memory")
    yield store
    store.store.clear()
    store.pseudo_dirs[:] = [""]


def test_memory(memory, load_both):
    for i in (9, 10):
        memory.pipe_file(f"/d/part-{i}.csv", f"a,b\n{i},1\n".encode())
    for path in (
        "memory://d/*.csv",
        "memory:///d",
        ["memory://d/part-9.csv", "memory://d/part-10.csv"],
    ):
        data = load_both(Csv(path=path)).held
        np.testing.assert_array_equal(data.rows, [[9, 1], [10, 1]])


def test_a_change_where_there_is_only_a_time(memory):
    memory.pipe_file("/a.npy", b"x")
    with fsspec.open("memory://a.npy", "wb") as stream:
        np.save(stream, np.zeros((5, 2)))
    lazy = Npy(path="memory://a.npy").load(LoadContext(in_memory=0))
    with fsspec.open("memory://a.npy", "wb") as stream:
        np.save(stream, np.ones((5, 2)))
    with pytest.raises(DataError, match=r"was changed while .*its tag was \d+\.\d+ and is \d+"):
        lazy.rows.compute()


def test_lines_are_not_counted_far_away(memory):
    memory.pipe_file("/a.csv", b"a\n1\n2\nx\n")
    with pytest.raises(DataError, match=r"memory://a.csv: column 'a' holds text, 'x', in row 3\n"):
        Csv(path="memory://a.csv").load(LoadContext())


def test_protocols_that_are_not_known():
    with pytest.raises(ConfigError, match=r"ftb://a/b.csv: Protocol not known: ftb"):
        Csv(path="ftb://a/b.csv").load(LoadContext())


@pytest.mark.parametrize(("protocol", "extra"), [("s3", "s3"), ("https", "http")])
def test_protocols_whose_package_is_missing(monkeypatch, protocol, extra):
    from fsspec.registry import _registry

    module = {"s3": "s3fs", "https": "fsspec.implementations.http"}[protocol]
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(_registry, protocol, raising=False)
    with pytest.raises(ConfigError, match=rf"(?s)reading {protocol}:// needs .*gmmflow\[{extra}\]"):
        Csv(path=f"{protocol}://a/b.csv").load(LoadContext())


def test_secrets_in_urls_are_not_shown():
    assert shown("https://me:secret@host/a.csv?X-Amz-Signature=secret") == "https://host/a.csv"
    assert shown("s3://bucket/a.csv") == "s3://bucket/a.csv"
    assert shown("/a?b#c@d") == "/a?b#c@d"


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        ("s3://b/a", True), ("https://h/a", True), ("zip://a.csv::s3://b/a.zip", True),
        ("simplecache::s3://b/a", True), ("file:///a", False), ("a:b.csv", False), ("/a", False),
        ("C:/a.csv", False), ("odd::name.csv", False),
    ],
)  # fmt: skip
def test_which_paths_have_a_protocol(path, remote):
    assert is_remote(path) == remote
