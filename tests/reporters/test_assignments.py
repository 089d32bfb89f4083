import os
import pickle
from dataclasses import replace

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest

from gmmflow.errors import OutputError, StageError
from gmmflow.reporters.assignments import Assignments, WritePart


def read(folder, form):
    if form == "parquet":
        return pyarrow.parquet.read_table(folder)
    # The type of a column cannot be seen in a file without rows.
    types = {"row": "int64", "component": "int32", "max_resp": "double", "log_density": "double"}
    options = pyarrow.csv.ConvertOptions(column_types=types)
    parts = [pyarrow.csv.read_csv(p, convert_options=options) for p in sorted(folder.iterdir())]
    return pyarrow.concat_tables(parts)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_rows_in_input_order(faithful, context, form):
    faithful.report(Assignments(format=form), context)
    table = read(context.folder / "assignments", form)
    assert table.column_names == ["row", "component", "max_resp", "log_density"]
    np.testing.assert_array_equal(table["row"], np.arange(272))
    np.testing.assert_array_equal(table["component"], faithful.resp.argmax(axis=1))
    np.testing.assert_array_equal(table["max_resp"], faithful.resp.max(axis=1))
    assert np.sum(table["log_density"]) == pytest.approx(-1130.26396, abs=5e-6)


def test_types_and_one_file_a_chunk(faithful, context):
    faithful.report(Assignments(responsibilities=True), context)
    folder = context.folder / "assignments"
    assert sorted(os.listdir(folder)) == [f"part-{i:06d}.parquet" for i in range(3)]
    table = read(folder, "parquet")
    assert [str(t) for t in table.schema.types] == [
        "int64", "int32", "double", "double", "float", "float",
    ]  # fmt: skip
    np.testing.assert_array_equal(table["resp_1"], faithful.resp[:, 1].astype(np.float32))


def test_parts_of_an_earlier_run_go_away_and_other_files_stay(faithful, context):
    folder = context.folder / "assignments"
    folder.mkdir()
    for name in ("part-000009.parquet", "part-000000.csv", ".part-000001.parquet.ab.tmp", "mine"):
        (folder / name).touch()
    faithful.report(Assignments(), context)
    assert sorted(os.listdir(folder)) == ["mine", *(f"part-{i:06d}.parquet" for i in range(3))]


def test_the_task_travels_to_workers_and_may_run_twice(faithful, tmp_path):
    task = pickle.loads(pickle.dumps(WritePart(str(tmp_path), "csv", False)))
    first, again = list(faithful.scan(task)), list(faithful.scan(task))
    assert first == again
    assert [(part.chunk, part.rows) for part in first] == [(0, 90), (1, 0), (2, 182)]
    assert [task.path(part.chunk).stat().st_size for part in first] == [p.size for p in first]


def test_a_file_that_only_the_worker_sees(faithful, context):
    watcher = Assignments().watch(context)

    def elsewhere(task):
        for part in faithful.scan(task):
            task.path(part.chunk).unlink()
            yield part

    with pytest.raises(OutputError, match="a worker wrote it, but it cannot be seen here"):
        watcher.finish(faithful.result, elsewhere)


def test_rows_that_are_missing_are_noticed(faithful, context):
    data = replace(faithful.result.data, n_rows=300)
    with pytest.raises(StageError, match="272 rows were written, but the data have 300"):
        faithful.with_result(data=data).report(Assignments(), context)


def test_a_folder_that_cannot_be_made(faithful, context):
    (context.folder / "assignments").write_text("a file is in the way")
    with pytest.raises(OutputError, match="assignments: could not be written: File exists"):
        faithful.report(Assignments(), context)
