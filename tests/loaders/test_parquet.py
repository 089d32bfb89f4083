import decimal
import gc

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmmflow.errors import DataError
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.parquet import Parquet
from gmmflow.loaders.reading import row_groups


def table(n, seed=0):
    rng = np.random.default_rng(seed)
    return pa.table(
        {
            "float": rng.normal(size=n),
            "small.int": pa.array(np.arange(n), pa.int16()),
            "single": rng.normal(size=n).astype("f4"),
            "flag": np.arange(n) % 2 == 0,
            "money": [decimal.Decimal(i) / 4 for i in range(n)],
            "kind": pa.array([["x", "y", None][i % 3] for i in range(n)]).dictionary_encode(),
            "w": np.arange(n) / 8,
        }
    )


def test_types_weights_and_labels(tmp_path, load_both):
    pq.write_table(table(100), tmp_path / "a.parquet", row_group_size=30)
    data = load_both(Parquet(path="a.parquet", sample_weight="w", labels="kind")).held
    assert data.names == ("float", "small.int", "single", "money")
    np.testing.assert_array_equal(data.rows[:, 1], np.arange(100))
    np.testing.assert_array_equal(data.rows[:, 3], np.arange(100) / 4)
    np.testing.assert_array_equal(data.sample_weight, np.arange(100) / 8)
    assert data.label_names == ("x", "y")
    np.testing.assert_array_equal(data.labels[:4], [0, 1, -1, 0])
    assert data.notes == ("a.parquet: left out, not numbers: 'flag'",)


def test_booleans_are_numbers_if_they_are_asked_for(tmp_path, load_both):
    pq.write_table(table(3), tmp_path / "a.parquet")
    loader = Parquet(path="a.parquet", columns=["flag", "float"], labels="small.int")
    data = load_both(loader).held
    np.testing.assert_array_equal(data.rows[:, 0], [1, 0, 1])
    assert data.label_names == ("0", "1", "2")


def test_chunks_follow_row_groups(tmp_path, load_both):
    x = pa.table({"a": np.arange(100.0)})
    pq.write_table(x.slice(0, 50), tmp_path / "a.parquet", row_group_size=25)
    pq.write_table(x.slice(50, 0), tmp_path / "b.parquet")
    pq.write_table(x.slice(50, 40), tmp_path / "c.parquet", row_group_size=4)
    pq.write_table(x.slice(90), tmp_path / "d.parquet")
    both = load_both(Parquet(path=".", chunk_size=10 * 8))
    assert both.held.chunks == (10, 10, 5, 10, 10, 5, 8, 8, 8, 8, 8, 10)
    np.testing.assert_array_equal(both.held.rows[:, 0], np.arange(100))
    assert both.held.source[2] == "a.parquet, row group 0"
    assert both.held.source[6] == "c.parquet, row group 0 to c.parquet, row group 1"
    assert "decodes the rows before it again" in both.lazy.notes[-1]
    assert both.held.notes == ()


def test_row_groups_of_many_batches(tmp_path, load_both, monkeypatch):
    monkeypatch.setattr(row_groups, "_BATCH_ROWS", 7)
    pq.write_table(pa.table({"a": np.arange(100.0)}), tmp_path / "a.parquet", row_group_size=40)
    both = load_both(Parquet(path="a.parquet", chunk_size=16 * 8))
    np.testing.assert_array_equal(both.held.rows[:, 0], np.arange(100))
    assert both.held.chunks == (16, 16, 8, 16, 16, 8, 16, 4)


@settings(max_examples=20, deadline=None)
@given(
    files=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), min_size=1, max_size=4),
    chunk_size=st.integers(1, 400),
    missing=st.sets(st.integers(0, 119)),
)
def test_any_layout_gives_the_same_rows(tmp_path_factory, files, chunk_size, missing):
    folder = tmp_path_factory.mktemp("parquet")
    x = np.arange(120.0)
    x[list(missing)] = np.nan
    start = 0
    for i, (n, size) in enumerate(files):
        part = pa.table({"a": x[start : start + n]})
        pq.write_table(part, folder / f"{i}.parquet", row_group_size=size)
        start += n
    expected = x[:start][~np.isnan(x[:start])]
    loader = Parquet(path="*.parquet", missing="drop", chunk_size=chunk_size)
    if not len(expected):
        with pytest.raises(DataError, match="no row"):
            loader.load(LoadContext(folder))
        return
    held = loader.load(LoadContext(folder))
    lazy = loader.load(LoadContext(folder, in_memory=0))
    np.testing.assert_array_equal(held.rows[:, 0], expected)
    np.testing.assert_array_equal(lazy.rows.compute()[:, 0], expected)
    assert held.chunks == lazy.chunks


def test_rows_are_named_by_their_number_in_the_file(tmp_path, context):
    values = np.arange(50.0)
    values[[31, 44]] = np.nan
    pq.write_table(pa.table({"a": np.arange(9.0)}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"a": values}), tmp_path / "b.parquet", row_group_size=20)
    loader = Parquet(path="*.parquet", chunk_size=64)
    with pytest.raises(DataError, match=r"b.parquet: column 'a' has no value .* in row 32\n"):
        loader.load(context)
    lazy = loader.load(LoadContext(tmp_path, in_memory=0))
    with pytest.raises(DataError, match=r"b.parquet: column 'a' has no value .* in row 45\n"):
        lazy.rows.blocks[-2:].compute()


def test_nulls_are_missing_values(tmp_path, load_both):
    pq.write_table(pa.table({"a": [1, None, 3], "b": [1.5, 2, None]}), tmp_path / "a.parquet")
    both = load_both(Parquet(path="a.parquet", missing="drop"))
    np.testing.assert_array_equal(both.held.rows, [[1, 1.5]])
    assert both.lazy.notes == ("2 of 3 rows were left out because a value is missing",)
    with pytest.raises(DataError, match=r"column 'a' has no value .* in row 2"):
        load_both(Parquet(path="a.parquet"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": ["kind"]}, "column 'kind' holds string, and numbers are needed"),
        ({"columns": ["flaot"]}, "no column 'flaot'\n.*did you mean 'float'"),
        ({"labels": "w", "sample_weight": "kind"}, "column 'kind' holds string"),
    ],
)
def test_wrong_columns(tmp_path, context, options, message):
    pq.write_table(table(10), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=message):
        Parquet(path="a.parquet", **options).load(context)


def test_too_many_classes(tmp_path, context):
    pq.write_table(pa.table({"a": np.arange(10_001.0), "k": np.arange(10_001)}), tmp_path / "a")
    with pytest.raises(DataError, match="10001 different values, at most 10000 are allowed"):
        Parquet(path="a", labels="k").load(context)


def test_broken_files(tmp_path, context):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": np.random.default_rng(0).normal(size=9999)}), path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(DataError, match=r"a\.parquet is not a Parquet file, or is cut short"):
        Parquet(path="a.parquet").load(context)
    path.write_bytes(whole[:4] + bytes(2000) + whole[2004:])
    with pytest.raises(DataError, match=r"a\.parquet is damaged in row group 0"):
        Parquet(path="a.parquet").load(context)
    pq.write_table(pa.table({"a": pa.array([], pa.float64())}), path)
    with pytest.raises(DataError, match="has columns but no rows"):
        Parquet(path="a.parquet").load(context)
    pq.write_table(pa.table({"a": [1.0]}), path)
    pq.write_table(pa.table({"b": [1.0]}), tmp_path / "b.parquet")
    with pytest.raises(DataError, match=r"b\.parquet has other columns than a\.parquet: a, b"):
        Parquet(path="*.parquet").load(context)


def test_inspect_reads_footers_only(tmp_path, context):
    pq.write_table(table(1000), tmp_path / "a.parquet", row_group_size=300)
    source = Parquet(path="a.parquet", chunk_size=200 * 5 * 8, labels="kind").inspect(context)
    assert source.description == "1 Parquet file, 4 row groups"
    assert source.n_rows == 1000
    assert source.chunks == (200, 100, 200, 100, 200, 100, 100)
    assert source.names == ("float", "small.int", "single", "money", "w")


def test_reading_a_part_of_a_row_group_leaves_nothing_behind(tmp_path):
    pq.write_table(pa.table({"a": np.random.default_rng(0).normal(size=10**5)}), tmp_path / "a")
    lazy = Parquet(path="a", chunk_size=10**5).load(LoadContext(tmp_path, in_memory=0))
    lazy.rows.blocks[0].compute()
    gc.disable()
    try:
        before = pa.total_allocated_bytes()
        lazy.rows.blocks[1].compute()
        assert pa.total_allocated_bytes() == before
    finally:
        gc.enable()
