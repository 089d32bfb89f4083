import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from gmmflow.cli.survey import survey
from gmmflow.errors import DataError, InputMissing, UsageError

N = 60


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def table(**columns):
    parquet.write_table(pa.table(columns), "x.parquet")
    return survey(Path("x.parquet"))


def csv(text, name="x.csv"):
    Path(name).write_text(text, encoding="utf-8")
    return survey(Path(name))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (list(range(N)), "looks like a row number"),
        (list(range(7, N + 7)), "looks like a row number"),
        ([f"name {i}" for i in range(N)], "text"),
        (["a", "b", None] * (N // 3), "2 different values"),
        ([0, 1, 2] * (N // 3), "3 different values"),
        ([True, False] * (N // 2), "2 different values"),
        ([3] * N, "a single value"),
        ([1.5, None] * (N // 2), "a single value"),
        ([float("nan")] * N, "no values"),
        ([None] * N, "no values"),
        ([b"x"] * N, "binary"),
        (pa.array([0] * N, pa.date32()), "date32[day]"),
        ([[1.0]] * N, "list<"),
    ],
)
def test_columns_that_are_left_out(values, reason):
    found = table(x=np.random.default_rng(0).normal(size=N), other=values)
    assert found.columns == ["x"]
    assert found.left_out["other"].startswith(reason)


@pytest.mark.parametrize(
    "values",
    [
        [i * i for i in range(N)],
        [i % 12 for i in range(N)],
        [0.0, 1.0] * (N // 2),
        [float(i) for i in range(N)],
    ],
)
def test_numbers_are_kept(values):
    found = table(x=values)
    assert (found.columns, found.left_out, found.classes) == (["x"], {}, {})


def test_classes_are_those_of_text_or_of_few_whole_numbers():
    found = table(x=[0.5, 1.0] * (N // 2), kind=["b", "a"] * (N // 2), code=[2, 1] * (N // 2))
    assert found.classes == {"kind": ["a", "b"], "code": ["1", "2"]}


def test_whole_numbers_alone_are_fitted():
    found = table(answer=[1, 2, 3] * (N // 3), kind=["a", "b"] * (N // 2))
    assert (found.columns, found.classes) == (["answer"], {"kind": ["a", "b"]})


def test_categories_are_text():
    kind = pa.array(["a", "b"] * (N // 2)).dictionary_encode()
    assert table(x=[0.5, 1.0] * (N // 2), kind=kind).classes == {"kind": ["a", "b"]}


def test_few_rows_say_nothing_of_whole_numbers():
    assert table(x=[1, 2, 3]).columns == ["x"]


@pytest.mark.parametrize(
    ("delimiter", "name", "options"),
    [(",", "x.csv", {}), (";", "x.csv", {"delimiter": ";"}), ("\t", "x.tsv", {"delimiter": "\t"})],
)
def test_delimiters(delimiter, name, options):
    found = csv(f"a{delimiter}b\n1.5{delimiter}2.5\n", name)
    assert (found.loader, found.options, found.columns) == ("csv", options, ["a", "b"])


def test_two_columns_of_one_name():
    found = csv("a,b,b\n1,2,3\n")
    assert found.columns == ["a"]
    assert found.left_out == {"b": "another column has the same name"}


def test_arrays_have_no_names():
    np.save("x.npy", np.zeros((3, 2)))
    found = survey(Path("x.npy"))
    assert (found.loader, found.columns) == ("npy", None)


def test_files_without_numbers():
    with pytest.raises(DataError, match=r"x\.csv has no column to fit: 'a' \(text\)"):
        csv("a\nx\ny\n")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.csv", b"", "its first line is empty"),
        ("x.csv", b"a,b\n1\n", "cannot be read as csv: "),
        ("x.parquet", b"nothing", "cannot be read as parquet: "),
        ("x.npy", b"nothing", "cannot be read as npy: "),
        ("x.npy", b"", "cannot be read as npy: "),
    ],
)
def test_files_that_cannot_be_read(name, content, words):
    Path(name).write_bytes(content)
    with pytest.raises(DataError, match=re.escape(words)):
        survey(Path(name))


def test_arrays_of_another_shape():
    np.save("x.npy", np.array(["a"]))
    with pytest.raises(DataError, match=r"it holds <U1 of shape \(1,\), not rows of numbers"):
        survey(Path("x.npy"))


def test_files_that_are_not_there():
    with pytest.raises(InputMissing, match=r"none\.csv: there is no such file"):
        survey(Path("none.csv"))


def test_files_of_another_type():
    with pytest.raises(UsageError, match=r"end in '\.xlsx' are not known\n  known: \.csv, "):
        survey(Path("x.xlsx"))
