"""A declared schema, and rows that are too long."""

import numpy as np
import pytest
from pydantic import ValidationError

from gmmflow.errors import DataError
from gmmflow.loaders.csv import Csv
from gmmflow.loaders.reading import text


@pytest.fixture
def write(tmp_path):
    def write(content, name="a.csv"):
        (tmp_path / name).write_text(content)
        return name

    return write


def test_types_say_what_would_be_guessed_from_the_first_rows(write, load_both):
    path = write("id,a,b\n1,,x\n2,3,y\n")
    assert load_both(Csv(path=path, missing="drop")).held.names == ("id", "a")
    types = {"id": "text", "a": "number", "b": "text"}
    data = load_both(Csv(path=path, missing="drop", types=types, labels="b")).held
    assert data.names == ("a",)
    assert data.label_names == ("x", "y")
    np.testing.assert_array_equal(data.rows, [[3]])


def test_types_name_the_columns_of_a_file_without_a_header(write, load_both):
    types = {"class": "text", "length": "number", "width": "number"}
    loader = Csv(path=write("u,1,2\nv,3,4\n"), header=False, types=types, labels="class")
    data = load_both(loader).held
    assert data.names == ("length", "width")
    assert data.notes == ()


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("a,c\n1,2\n", {}, r"other columns than `types` declares: it has 'c' too; it lacks 'b'"),
        ("b,a\n1,2\n", {}, "columns in another order than `types` declares"),
        ("a\n1\n", {}, "it lacks 'b'"),
        ("1,2,3\n", {"header": False}, "a.csv has 3 columns, and `types` declares 2"),
        ("a,b\n1,2\nx,3\n", {}, r"column 'a' holds text, 'x', in row 2 \(line 3\)"),
    ],
)
def test_files_that_are_not_as_declared(write, context, content, options, message):
    loader = Csv(path=write(content), types={"a": "number", "b": "number"}, **options)
    with pytest.raises(DataError, match=message):
        loader.load(context)


def test_options_that_exclude_each_other():
    with pytest.raises(ValidationError, match="`types` is empty"):
        Csv(path="a.csv", types={})
    with pytest.raises(ValidationError, match="give one of them"):
        Csv(path="a.csv", scratch=".", cache=".")


def test_a_header_that_is_longer_than_a_block(write, load_both, monkeypatch):
    monkeypatch.setattr(text, "_BLOCK", 64)
    names = ",".join(f"column_{i}" for i in range(50))
    values = ",".join(map(str, range(50)))
    data = load_both(Csv(path=write(f"{names}\n{values}\n{values}\n"))).held
    np.testing.assert_array_equal(data.rows, [range(50)] * 2)


def test_a_quote_that_is_not_closed(write, context, monkeypatch):
    monkeypatch.setattr(text, "_BLOCK", 64)
    path = write('a,b\n1,2\n"3,4\n' + "5,6\n" * 100)
    with pytest.raises(DataError, match=r"a row of more than a million .*\n.*check the quotes"):
        Csv(path=path).load(context)


def test_lists_of_files_keep_their_order(write, load_both):
    for name in ("b.csv", "a.csv"):
        write(f"x\n{ord(name[0])}\n", name)
    np.testing.assert_array_equal(load_both(Csv(path=["b.csv", "a.csv"])).held.rows, [[98], [97]])


def test_all_columns_that_are_not_there_are_named(write, context):
    loader = Csv(path=write("lenght,width\n1,2\n"), columns=["length", "width"], labels="klass")
    message = r"no columns 'klass', 'length'\n  did you mean 'lenght'\? the columns are"
    with pytest.raises(DataError, match=message):
        loader.load(context)


def test_files_with_columns_in_another_order(write, context):
    write("a,b\n1,2\n", "1.csv")
    write("b,a\n1,2\n", "2.csv")
    with pytest.raises(DataError, match=r"2.csv has other columns than 1.csv: .* another order"):
        Csv(path="*.csv").load(context)
    write("a\n1\n", "2.csv")
    with pytest.raises(DataError, match=r"2.csv has other columns than 1.csv: no b"):
        Csv(path="*.csv").load(context)
