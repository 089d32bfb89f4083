import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gmmflow.errors import GmmflowError, OutputError, StorageError
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.csv import Csv
from gmmflow.loaders.reading import delimited

ROWS = "a,b,w,k\n" + "".join(f"{i},{i / 7!r},{1 + i % 2},{'uv'[i % 2]}\n" for i in range(300))
OPTIONS = {"sample_weight": "w", "labels": "k", "chunk_size": 1600}


@pytest.fixture
def parsed(monkeypatch):
    """Names of the files that were parsed."""
    found = []
    parts = delimited._parts
    monkeypatch.setattr(
        delimited, "_parts", lambda file, *rest: found.append(file.name) or parts(file, *rest)
    )
    return found


@pytest.fixture
def write(tmp_path):
    def write(content=ROWS, name="a.csv"):
        (tmp_path / name).write_text(content)
        return name

    return write


def entries(tmp_path):
    return sorted(path.name for path in (tmp_path / "cache").iterdir())


def test_text_is_parsed_once_for_all_runs(write, parsed, load_both, tmp_path):
    path = write()
    plain = load_both(Csv(path=path, **OPTIONS)).held
    parsed.clear()
    data = load_both(Csv(path=path, cache="cache", **OPTIONS)).held
    assert parsed == ["a.csv"]
    assert (data.names, data.chunks, data.source) == (plain.names, plain.chunks, plain.source)
    assert (data.label_names, data.fingerprint) == (plain.label_names, plain.fingerprint)
    for name in ("rows", "sample_weight", "labels"):
        np.testing.assert_array_equal(getattr(data, name), getattr(plain, name))
    os.utime(tmp_path / path)
    load_both(Csv(path=path, cache="cache", **{**OPTIONS, "chunk_size": 80}))
    assert parsed == ["a.csv"], "neither the time of a small file nor the chunks matter"
    assert len(entries(tmp_path)) == 1


@pytest.mark.parametrize("change", ["content", "columns", "dtype", "missing", "delimiter"])
def test_another_table_is_parsed_anew(write, parsed, context, change):
    Csv(path=write(), cache="cache").load(context)
    options = {
        "content": {},
        "columns": {"columns": ["b", "a"]},
        "dtype": {"dtype": "float32"},
        "missing": {"missing": "drop"},
        "delimiter": {"types": dict.fromkeys("abw", "number") | {"k": "text"}},
    }[change]
    if change == "content":
        write(ROWS.replace("299,", "298,"))
    Csv(path="a.csv", cache="cache", **options).load(context)
    assert len(parsed) == 2


def test_dropped_rows_are_told_again(write, load_both):
    loader = Csv(path=write("a\n1\n\nNaN\n2\n"), cache="cache", missing="drop")
    both = load_both(loader)
    assert both.held.notes == both.lazy.notes != ()


def test_what_failed_leaves_nothing(write, context, tmp_path):
    for content in ("a\n1\n2\nx\n4\n5\n", "a\nNaN\n"):
        with pytest.raises(GmmflowError):
            Csv(path=write(content), cache="cache", missing="drop").load(context)
        assert entries(tmp_path) == []


@pytest.mark.parametrize("damage", ["shorter", "missing", "no json", "old", "list"])
def test_an_entry_that_is_not_whole_is_written_again(write, parsed, context, tmp_path, damage):
    Csv(path=write(), cache="cache").load(context)
    (entry,) = (tmp_path / "cache").iterdir()
    if damage == "shorter":
        (entry / "rows").write_bytes(b"short")
    elif damage == "missing":
        (entry / "rows").unlink()
    else:
        text = {"no json": "{", "old": '{"format": 0}', "list": "[]"}[damage]
        (entry / "table.json").write_text(text)
    data = Csv(path="a.csv", cache="cache").load(context)
    assert len(parsed) == 2
    np.testing.assert_array_equal(data.rows[:, 0], np.arange(300))
    assert len(entries(tmp_path)) == 1


def test_the_cache_stays_within_its_size(write, parsed, context, tmp_path):
    size = 3 * 300 * 8 + 1000  # one table, and not two
    for name in ("a.csv", "b.csv"):
        write(ROWS if name == "a.csv" else ROWS + "1,2,3,u\n", name)
        data = Csv(path=name, cache="cache", cache_size=size).load(context)
        assert data.notes[1:] == ()
        del data
    assert len(entries(tmp_path)) == 1
    Csv(path="b.csv", cache="cache").load(context)
    assert parsed == ["a.csv", "b.csv"], "the older one went"


def test_tables_in_use_stay(write, tmp_path):
    context = LoadContext(tmp_path, in_memory=0)
    held = Csv(path=write(), cache="cache", columns=["a"]).load(context)
    other = Csv(path="a.csv", cache="cache", columns=["b"], cache_size=3000).load(context)
    assert len(entries(tmp_path)) == 2
    assert any("larger than `cache_size`, as other runs" in note for note in other.notes)
    np.testing.assert_array_equal(held.rows.compute()[:, 0], np.arange(300))


def test_a_table_that_is_too_large(write, context, tmp_path):
    with pytest.raises(StorageError, match="more than the 5000 bytes that `cache_size` allows"):
        Csv(path=write(), cache="cache", cache_size=5000).load(context)
    assert entries(tmp_path) == []


def test_what_a_killed_run_left_goes(write, context, tmp_path):
    code = (
        "import os, pathlib\n"
        "from gmmflow.loaders.reading.cache import Cache\n"
        f"Cache(pathlib.Path({str(tmp_path / 'cache')!r}), 9**9).begin('k')\n"
        "os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert entries(tmp_path)[0].startswith(".gmmflow-k-")
    Csv(path=write(), cache="cache").load(context)
    assert [name[:8] for name in entries(tmp_path)] == ["gmmflow-"]


def test_two_runs_that_write_the_same_table(write, context, tmp_path, monkeypatch):
    loader = Csv(path=write(), cache="cache")
    parse = delimited.Text.parse_into
    others = []

    def slow(text, store):
        monkeypatch.undo()
        others.append(loader.load(LoadContext(tmp_path, in_memory=0)))
        return parse(text, store)

    monkeypatch.setattr(delimited.Text, "parse_into", slow)
    data = loader.load(context)
    assert len(entries(tmp_path)) == 1
    np.testing.assert_array_equal(data.rows, others[0].rows.compute())


def test_workers_know_the_path(write, tmp_path):
    lazy = Csv(path=write(), cache="cache").load(LoadContext(tmp_path, in_memory=0))
    copy = pickle.loads(pickle.dumps(lazy))
    assert len(pickle.dumps(lazy)) < 4000
    np.testing.assert_array_equal(copy.rows.compute()[:, 0], np.arange(300))


def test_a_folder_that_cannot_be_made(write, context, tmp_path):
    Path(tmp_path, "file").touch()
    with pytest.raises(OutputError, match=r"(?s)file/cache: could not be written.*`cache:`"):
        Csv(path=write(), cache="file/cache").load(context)
