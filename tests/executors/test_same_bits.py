"""The law of all executors: one data set, one chunk table, one value, to the last bit."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gmmflow.executors import threads
from gmmflow.executors.cluster import engine as cluster_engine
from gmmflow.executors.passes import graph
from gmmflow.executors.threads import Threads
from gmmflow.values.dataset import Dataset
from gmmflow.values.row_pass import RowPass


@st.composite
def chunk_tables(draw, span):
    """Ragged tables with empty chunks and some chunks of several spans."""
    sizes = st.one_of(st.just(0), st.integers(1, 40), st.integers(span - 1, 2 * span + 1))
    table = draw(st.lists(sizes, min_size=1, max_size=7))
    return (*table, *draw(st.lists(st.integers(0, 3), max_size=20)))


def in_threads(kit, n, data):
    with Threads(threads=n).start() as engine:
        return kit.bits(engine.reduce(data, kit.SUMS))


def test_the_leaf_can_tell_orders_apart(kit):
    data = kit.dataset((50,) * 16)
    values = [kit.SUMS.chunk(chunk) for chunk in data.pieces()]
    with Threads(threads=1).start() as engine:
        tree = engine.reduce(data, kit.SUMS)
    assert not np.array_equal(tree, sum(values[1:], values[0]))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_threads_and_dask_threads(kit, data):
    chunks = data.draw(chunk_tables(kit.SPAN))
    rows = kit.dataset(chunks, seed=1, weights=data.draw(st.booleans()), labels=len(chunks) % 2)
    if not sum(chunks):
        return
    lazy = kit.on_dask(rows)
    found = {in_threads(kit, n, rows) for n in (1, 2, 4)}
    found |= {in_threads(kit, n, lazy) for n in (1, 2, 4)}
    assert len(found) == 1


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_two_workers(kit, engine, data):
    chunks = data.draw(chunk_tables(kit.SPAN))
    if not sum(chunks):
        return
    rows = kit.dataset(chunks, seed=2)
    lazy = kit.on_dask(rows)
    found = {kit.bits(engine.reduce(each, kit.SUMS)) for each in (rows, lazy)}
    assert found == {in_threads(kit, 1, rows)}


@pytest.mark.parametrize("group", [1, 2, 4, 8])
def test_groups_of_chunks(kit, engine, monkeypatch, group):
    chunks = (40, 0, kit.SPAN + 7, 3, 3, 0, 0, 90, 1, 2 * kit.SPAN, 11)
    rows = kit.dataset(chunks, seed=3)
    expected = in_threads(kit, 1, rows)
    lazy = kit.on_dask(rows)
    used = []

    def forced(*_):
        used.append(group)
        return group

    monkeypatch.setattr(graph, "group_size", forced)
    monkeypatch.setattr(cluster_engine, "group_size", forced)
    assert in_threads(kit, 2, lazy) == expected
    assert kit.bits(engine.reduce(lazy, kit.SUMS)) == expected
    assert kit.bits(engine.reduce(rows, kit.SUMS)) == expected
    assert used == [group] * 3


def test_one_worker(kit, start_cluster):
    from gmmflow.executors.distributed import Distributed

    rows = kit.dataset((40, 0, kit.SPAN + 7, 3), seed=4)
    alone = start_cluster(n_workers=1)
    with Distributed(address=alone.scheduler_address).start(ship=(kit.module,)) as engine:
        assert kit.bits(engine.reduce(kit.on_dask(rows), kit.SUMS)) == in_threads(kit, 1, rows)


@pytest.mark.parametrize(
    ("n_chunks", "rows", "workers", "group"),
    [(1, 10, 1, 1), (16, 10, 2, 2), (64, 10, 2, 8), (64, 10**5, 2, 1), (1024, 100, 1, 256)],
)
def test_small_chunks_are_grouped_and_large_ones_are_not(n_chunks, rows, workers, group):
    n = rows * n_chunks
    data = Dataset(np.broadcast_to(0.0, (n, 20)), ("x",) * 20, (rows,) * n_chunks)
    assert graph.group_size(data, workers, threads.TASK_BYTES) == group


def test_results_of_each_do_not_depend_on_the_executor(kit, engine):
    data = kit.dataset((40, 0, 7, 300))

    def task(chunk):
        return chunk.index, chunk.first_row, kit_bits(chunk.rows), chunk.labels.tolist()

    kit_bits = kit.bits
    expected = [task(chunk) for chunk in data.pieces()]
    assert list(engine.each(data, task)) == expected
    assert list(engine.each(kit.on_dask(data), task)) == expected


def test_shared_inputs_are_made_once(kit, engine):
    """A lazily centred array needs its mean in every chunk, but not all of its rows at once."""
    from dataclasses import replace

    data = kit.on_dask(kit.dataset((40, 30, 7, 300)))
    centred = replace(data, rows=data.rows - data.rows.mean(axis=0))
    rows = replace(data, rows=centred.rows.compute(), sample_weight=None, labels=None)
    plain = replace(centred, sample_weight=None, labels=None)
    assert in_threads(kit, 2, plain) == in_threads(kit, 1, rows)
    assert kit.bits(engine.reduce(plain, kit.SUMS)) == in_threads(kit, 1, rows)


def test_none_is_the_sum_of_no_rows(kit, engine):
    nothing = RowPass(kit.SUMS.leaf, kit.add)
    assert engine.reduce(kit.dataset((0, 0)), nothing) is None
    assert engine.reduce(kit.on_dask(kit.dataset((0, 0))), nothing) is None
    assert engine.reduce(kit.dataset(()), nothing) is None
