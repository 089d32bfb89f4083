import gc
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gmmflow.errors import DataError, InputMissing
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.csv import Csv
from gmmflow.loaders.reading import text


@pytest.fixture
def write(tmp_path):
    def write(content, name="a.csv"):
        (tmp_path / name).write_text(content)
        return name

    return write


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """The system's temporary folder."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_columns_weights_labels_and_text(write, load_both):
    rows = [f'{i},"note, {i}\n",{i / 7!r},{i % 4},{["b", "a", "NA"][i % 3]}' for i in range(300)]
    path = write("a,note, b,w,kind\n" + "\n".join(rows) + "\n")
    loader = Csv(path=path, sample_weight="w", labels="kind", chunk_size=70 * 2 * 8)
    data = load_both(loader).held
    assert data.names == ("a", "b")
    assert data.chunks == (70, 70, 70, 70, 20)
    assert data.source[-1] == "rows 281 to 300"
    np.testing.assert_array_equal(data.rows[:, 0], np.arange(300))
    np.testing.assert_array_equal(data.rows[:, 1], np.arange(300) / 7)
    np.testing.assert_array_equal(data.sample_weight, np.arange(300) % 4)
    assert data.label_names == ("a", "b")
    np.testing.assert_array_equal(data.labels[:4], [1, 0, -1, 1])
    assert data.notes == ("a.csv: left out, not numbers: 'note'",)


def test_a_row_that_was_read_as_a_header_is_noted(write, load_both):
    path = write("1.5,2\n2,3\n4,5\n")
    (note,) = load_both(Csv(path=path)).held.notes
    assert note == (
        "a.csv: the first line holds numbers (1.5, ...) and was read as the names of the columns; "
        "set `header: false` if it is a row"
    )
    assert load_both(Csv(path=path, header=False)).held.notes == ()


def test_columns_are_taken_in_the_order_asked_for(write, load_both):
    path = write("a,b,c\n1,2,3\n4,5,6\n")
    data = load_both(Csv(path=path, columns=["c", "a"], dtype="float32")).held
    np.testing.assert_array_equal(data.rows, np.array([[3, 1], [6, 4]], "f4"))
    assert data.rows.dtype == np.float32


def test_classes_that_are_numbers_sort_as_numbers(write, load_both):
    data = load_both(Csv(path=write("a,k\n1,10\n2,9\n3,\n4,10\n"), labels="k")).held
    assert data.label_names == ("9", "10")
    np.testing.assert_array_equal(data.labels, [1, 0, -1, 1])


def test_several_files_in_sorted_order(write, load_both):
    for i in (10, 9, 11):
        write(f"a,b\n{i},0\n{i},1\n", f"part-{i:02}.csv")
    both = load_both(Csv(path="part-*.csv", chunk_size=48))
    np.testing.assert_array_equal(both.held.rows[:, 0], [9, 9, 10, 10, 11, 11])
    assert both.held.chunks == (3, 3)
    write("a,c\n1,2\n", "part-12.csv")
    with pytest.raises(DataError, match=r"part-12.csv has other columns than part-09.csv: c"):
        load_both(Csv(path="part-*.csv"))


def test_blocks_of_the_parser_do_not_show(write, load_both, monkeypatch):
    monkeypatch.setattr(text, "_BLOCK", 64)
    path = write("a,b\n" + "".join(f'{i},"{i}"\n' for i in range(200)))
    np.testing.assert_array_equal(
        load_both(Csv(path=path, chunk_size=160)).held.rows, np.arange(200)[:, None] * [1, 1]
    )


@settings(max_examples=15, deadline=None)
@given(
    table=st.lists(
        st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**53), 2**53)),
        min_size=1,
        max_size=30,
    ),
    chunk_size=st.integers(1, 600),
)
def test_every_float_survives_and_chunks_do_not_matter(tmp_path_factory, table, chunk_size):
    folder = tmp_path_factory.mktemp("csv")
    (folder / "a.csv").write_text("a,b\n" + "".join(f"{a!r},{b}\n" for a, b in table))
    for limit in (0, 1 << 20):
        loader = Csv(path="a.csv", chunk_size=chunk_size)
        rows = loader.load(LoadContext(folder, in_memory=limit)).rows
        np.testing.assert_array_equal(np.asarray(rows), np.array(table, float))


def test_scratch_files_go_when_the_data_go(write, context, temporary):
    loader = Csv(path=write("a\n1\n2\n"))
    lazy = loader.load(LoadContext(context.folder, in_memory=0))
    copy = pickle.loads(pickle.dumps(lazy))
    assert len(list(temporary.iterdir())) == 1
    np.testing.assert_array_equal(copy.rows.compute(), [[1], [2]])
    del copy
    gc.collect()
    assert len(list(temporary.iterdir())) == 1, "a copy owns nothing"
    del lazy
    gc.collect()
    assert not list(temporary.iterdir())


def test_data_in_memory_need_no_scratch(write, context, temporary):
    Csv(path=write("a\n1\n")).load(context)
    assert not list(temporary.iterdir())


def test_scratch_folder_is_the_one_named(write, tmp_path):
    (tmp_path / "room").mkdir()
    loader = Csv(path=write("a\n1\n"), scratch="room")
    lazy = loader.load(LoadContext(tmp_path, in_memory=0))
    assert len(list((tmp_path / "room").iterdir())) == 1
    assert lazy.chunks == (1,)


def test_dropped_rows_are_counted(write, load_both):
    path = write("a,b,w\n1,,1\n2,3,1\nNaN,4,1\n5,6,\n7,8,2\n")
    both = load_both(Csv(path=path, missing="drop", sample_weight="w", chunk_size=16))
    np.testing.assert_array_equal(both.held.rows, [[2, 3], [7, 8]])
    np.testing.assert_array_equal(both.held.sample_weight, [1, 2])
    for data in (both.held, both.lazy):
        assert data.notes == ("3 of 5 rows were left out because a value is missing",)


def test_inspect_looks_at_the_header(write, context):
    source = Csv(path=write("a,b,c\n1,x,3\n")).inspect(context)
    assert source.names == ("a", "c")
    assert source.n_rows is None
    assert source.chunks is None
    assert source.n_bytes == 12
    assert source.description == "1 CSV file"


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("", {}, "is empty"),
        ("a,b\n", {}, "has no rows below its header"),
        ("a,b\n1,2\n\n3,\n", {}, r"a.csv: column 'b' has no value .* in row 2 \(line 4\)"),
        ("a,b\n1,2\nNaN,4\n", {}, r"column 'a' has no value \(empty or NaN\) in row 2 \(line 3\)"),
        ("a,b\n1,inf\n", {"missing": "drop"}, r"column 'b' holds infinity in row 1 \(line 2\)"),
        (
            'a,b\n1,2\n2,"3"\n5,x y\n6,7\n7,z\n',
            {},
            r"a.csv: column 'b' holds text, 'x y', in rows 3 \(line 4\), 5 \(line 6\)",
        ),
        ("a,b\nu,v\n", {"columns": ["a"]}, r"column 'a' holds text, 'u', in row 1 \(line 2\)"),
        ("a,b\nu,v\n", {}, "there is no numeric column\n.*the columns are 'a', 'b'"),
        ("a;b\n1;2\n", {}, "no numeric column\n.*cut by ';': set `delimiter: ';'`"),
        # Arrow counts rows where it has one thread, as after a cluster in this process.
        ("a,b\n1,2\n3\n", {}, "cut into columns: (Row #3: )?Expected 2 columns, got 1: 3"),
        ("a,a\n1,2\n", {}, "2 columns are called 'a'"),
        ("eruptions,b\n1,2\n", {"columns": ["eruption"]}, "did you mean 'eruptions'"),
        ("Wait,b\n1,2\n", {"columns": ["wait "]}, "no column 'wait '\n.*did you mean 'Wait'"),
        ("a,w\n1,1\n2,-1\n", {"sample_weight": "w"}, "weight 'w' is negative in row 2"),
        ("a,w\n1,0\n2,0\n", {"sample_weight": "w"}, "all row weights are zero"),
        ("a,k\n1,\n2,\n", {"labels": "k"}, "column 'k': no row has a label"),
        ("a\nNaN\n", {"missing": "drop"}, "no row is left"),
        ('a\n1\n"x\ny"\n1\n1\n\n2\nq\n', {}, r"'x\\ny', in rows 2 \(line 3\), 6 \(line 9\)"),
    ],
)
@pytest.mark.parametrize("limit", [0, 1 << 20])
def test_broken_files(write, tmp_path, content, options, message, limit):
    loader = Csv(path=write(content), **options)
    with pytest.raises(DataError, match=message):
        loader.load(LoadContext(tmp_path, in_memory=limit))


def test_rows_are_counted_over_the_blocks_of_the_parser(write, context, monkeypatch):
    monkeypatch.setattr(text, "_BLOCK", 64)
    path = write("a\n" + "1.5\n" * 100 + "oops\n" + "2\n" * 100)
    with pytest.raises(DataError, match=r"'oops', in row 101 \(line 102\)"):
        Csv(path=path).load(context)


def test_text_that_is_not_utf8(tmp_path, context):
    (tmp_path / "a.csv").write_bytes("größe,b\n1,2\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"is not UTF-8 text\n.*save it as UTF-8"):
        Csv(path="a.csv").load(context)


def test_globs_and_folders_that_hold_nothing(tmp_path, context):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.npy").touch()
    with pytest.raises(
        InputMissing, match=r"full is a folder that holds no CSV file\n.*holds a.npy"
    ):
        Csv(path="full").load(context)
    with pytest.raises(InputMissing, match=r"no file matches .*z\*.csv"):
        Csv(path="z*.csv").load(context)


def test_columns_have_one_role():
    with pytest.raises(ValidationError, match="column 'a' is named twice"):
        Csv(path="a.csv", columns=["a", "b"], labels="a")
    with pytest.raises(ValidationError, match="`columns` is empty"):
        Csv(path="a.csv", columns=[])


def test_fingerprint_tells_files_apart(write, context, tmp_path):
    write("a\n1\n", "a.csv")
    first = Csv(path="a.csv").load(context).fingerprint
    assert Csv(path="a.csv").load(context).fingerprint == first
    write("a\n2\n", "a.csv")
    assert Csv(path="a.csv").load(context).fingerprint != first
    assert Path(tmp_path, "a.csv").exists()
