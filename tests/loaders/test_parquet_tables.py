"""Lists of fixed size, and folders that hold columns in their names."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gmmflow.errors import DataError
from gmmflow.loaders.parquet import Parquet

X = np.random.default_rng(0).normal(size=(100, 5))


def lists(rows, null=()):
    flat = pa.array(np.ascontiguousarray(rows).ravel())
    mask = np.isin(np.arange(len(rows)), null)
    return pa.FixedSizeListArray.from_arrays(flat, rows.shape[1], mask=pa.array(mask))


@pytest.fixture
def table(tmp_path):
    def write(null=(), stored="f8"):
        table = pa.table({"e": lists(X.astype(stored), null), "t": np.arange(100.0)})
        pq.write_table(table, tmp_path / "a.parquet", row_group_size=30)

    return write


@pytest.mark.parametrize("stored", ["f8", "f4", "i4"])
def test_a_list_becomes_columns(table, load_both, stored):
    table(stored=stored)
    data = load_both(Parquet(path="a.parquet", chunk_size=20 * 6 * 8)).held
    assert data.names == ("e[0]", "e[1]", "e[2]", "e[3]", "e[4]", "t")
    np.testing.assert_array_equal(data.rows[:, :5], X.astype(stored))
    assert data.chunks == (20, 10, 20, 10, 20, 10, 10)


def test_a_list_is_asked_for_as_a_whole_or_in_part(table, load_both):
    table()
    data = load_both(Parquet(path="a.parquet", columns=["t", "e"])).held
    np.testing.assert_array_equal(data.rows[:, 1:], X)
    assert data.names[:2] == ("t", "e[0]")
    data = load_both(Parquet(path="a.parquet", columns=["e[3]", "e[1]"])).held
    np.testing.assert_array_equal(data.rows, X[:, [3, 1]])


def test_rows_without_a_list_lack_a_value(table, load_both, context):
    table(null=[7, 50])
    with pytest.raises(DataError, match=r"column 'e\[0\]' has no value .* in row 8\n"):
        Parquet(path="a.parquet").load(context)
    data = load_both(Parquet(path="a.parquet", missing="drop", chunk_size=20 * 6 * 8)).held
    np.testing.assert_array_equal(data.rows[:, :5], np.delete(X, [7, 50], axis=0))


def test_elements_of_lists_as_weights_and_labels(tmp_path, load_both):
    rows = np.column_stack([np.arange(6) % 3, np.arange(6.0)])
    pq.write_table(pa.table({"e": lists(rows), "x": np.ones(6)}), tmp_path / "a.parquet")
    data = load_both(Parquet(path="a.parquet", labels="e[0]", sample_weight="e[1]")).held
    assert (data.names, data.label_names) == (("x",), ("0", "1", "2"))
    np.testing.assert_array_equal(data.sample_weight, np.arange(6))


@pytest.fixture
def folders(tmp_path):
    for i, (year, region) in enumerate([(2019, "north"), (2020, "south east"), (2020, None)]):
        name = "__HIVE_DEFAULT_PARTITION__" if region is None else region.replace(" ", "%20")
        folder = tmp_path / "sales" / f"year={year}" / f"region={name}"
        folder.mkdir(parents=True)
        table = pa.table({"x": np.arange(3.0) + 10 * i})
        pq.write_table(table, folder / "part-0.parquet")


def test_folders_give_columns_where_they_are_asked_for(folders, load_both):
    data = load_both(Parquet(path="sales")).held
    assert data.names == ("x",)
    assert data.notes == ("part-0.parquet and 2 more: left out, not numbers: 'year', 'region'",)
    loader = Parquet(path="sales", columns=["x", "year"], labels="region", chunk_size=16)
    data = load_both(loader).held
    np.testing.assert_array_equal(data.rows[:, 1], [2019] * 3 + [2020] * 6)
    assert data.label_names == ("north", "south east")
    assert sorted(data.labels) == [-1, -1, -1, 0, 0, 0, 1, 1, 1]


def test_a_single_partition_and_weights_from_folders(folders, load_both):
    data = load_both(Parquet(path="sales/year=2020", labels="year")).held
    assert (data.n_rows, data.label_names) == (6, ("2020",))
    data = load_both(Parquet(path="sales/**/*.parquet", sample_weight="year")).held
    np.testing.assert_array_equal(data.sample_weight, [2019] * 3 + [2020] * 6)


def test_text_of_folders_is_no_feature(folders, context):
    with pytest.raises(DataError, match="column 'region' holds string, and numbers"):
        Parquet(path="sales", columns=["x", "region"]).load(context)


def test_files_in_folders_of_other_keys(folders, tmp_path, context):
    pq.write_table(pa.table({"x": [1.0]}), tmp_path / "sales" / "stray.parquet")
    with pytest.raises(DataError, match=r"has other columns than .*: region, year"):
        Parquet(path="sales").load(context)


def test_a_column_of_the_file_wins_over_its_folder(tmp_path, load_both):
    folder = tmp_path / "x=5"
    folder.mkdir()
    pq.write_table(pa.table({"x": [1.0, 2.0]}), folder / "a.parquet")
    np.testing.assert_array_equal(load_both(Parquet(path=".")).held.rows, [[1.0], [2.0]])
