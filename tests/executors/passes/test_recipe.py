import threading
from dataclasses import replace

import dask
import dask.array as da
import numpy as np
import pytest

from gmmflow.errors import DataError
from gmmflow.executors.passes.recipe import recipes
from gmmflow.executors.threads import Threads
from gmmflow.values.dataset import Dataset
from gmmflow.values.row_pass import RowPass

D = 500
TOTAL = RowPass(lambda span: span.rows.sum(), lambda a, b: a + b)


class Reader:
    """Reads chunks and knows how many are in memory."""

    def __init__(self) -> None:
        self.reads = self.alive = self.most = 0
        self._lock = threading.Lock()

    def table(self, index, rows):
        """Rows, weights and labels of a chunk from one read, as a file gives them."""
        table = Table(self, rows, index)
        with self._lock:
            self.reads += 1
            self.alive += 1
            self.most = max(self.most, self.alive)
        return table

    def dataset(self, chunks) -> Dataset:
        tables = [dask.delayed(self.table, pure=False)(i, n) for i, n in enumerate(chunks)]

        def column(name, shape, dtype):
            return da.concatenate(
                [
                    da.from_delayed(dask.delayed(getattr)(table, name), (n, *shape), dtype)
                    for table, n in zip(tables, chunks, strict=True)
                ]
            )

        return Dataset(
            column("rows", (D,), float), tuple(map(str, range(D))), tuple(chunks),
            column("weight", (), float), column("labels", (), np.int32),
        )  # fmt: skip


class Table:
    def __init__(self, reader, rows, index):
        self.rows = np.full((rows, D), float(index))
        self.weight = np.ones(rows)
        self.labels = np.zeros(rows, np.int32)
        self._reader = reader

    def __del__(self):
        self._reader.alive -= 1


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_no_more_chunks_than_threads_are_in_memory(threads):
    reader = Reader()
    data = reader.dataset([20] * 60)
    with Threads(threads=threads).start() as engine:
        for sweep in (1, 2):
            assert engine.reduce(data, TOTAL) == 20 * D * sum(range(60))
            assert reader.reads == 60 * sweep  # rows, weights and labels from one read
        assert list(engine.each(data, lambda chunk: len(chunk.rows))) == [20] * 60
    assert 1 <= reader.most <= threads
    assert reader.alive == 0


def test_a_mean_over_all_rows_does_not_hold_them():
    reader = Reader()
    data = reader.dataset([20] * 40)
    centred = replace(data, rows=data.rows - data.rows.mean(axis=0))
    with Threads(threads=1).start() as engine:
        assert abs(engine.reduce(centred, TOTAL)) < 1e-6
        reads = reader.reads
        engine.reduce(centred, TOTAL)
    assert reads == 80
    assert reader.reads == 120  # the mean was held: one read a chunk from now on
    assert reader.most <= 5


def test_one_read_for_several_chunks_is_shared():
    reads = []

    def block(first):
        reads.append(first)
        return np.full((30, D), float(first))

    rows = da.concatenate(
        [da.from_delayed(dask.delayed(block)(i), (30, D), float) for i in range(4)]
    ).rechunk({0: 10})
    data = Dataset(rows, tuple(map(str, range(D))), (10,) * 12)
    with Threads(threads=2).start() as engine:
        assert engine.reduce(data, TOTAL) == 30 * D * 6
    assert sorted(reads) == [0, 1, 2, 3]


def test_every_task_of_a_chunk_is_in_its_recipe(kit):
    found = recipes(kit.on_dask(kit.dataset((3, 0, 5))))
    assert found.shared == {}
    assert [recipe.inputs for recipe in map(lambda r: r.holding({}), found.recipes)] == [
        tuple(key for key in recipe.inputs) for recipe in found.recipes
    ]
    assert [recipe.first_row for recipe in found.recipes] == [0, 3, 3]


def test_an_array_that_lies_about_its_rows():
    wrong = da.from_delayed(dask.delayed(np.zeros)((3, D)), (5, D), float)
    data = Dataset(wrong, tuple(map(str, range(D))), (5,), source=("a.csv, rows 1 to 5",))
    with (
        Threads(threads=2).start() as engine,
        pytest.raises(DataError, match=r"chunk 0 \(a.csv, rows 1 to 5\) has 3 rows where .* 5"),
    ):
        engine.reduce(data, TOTAL)
