import subprocess
import sys
import threading
from dataclasses import replace
from time import sleep

import numpy as np
import pytest
from pydantic import ValidationError
from threadpoolctl import threadpool_info, threadpool_limits

from gmmflow.errors import DegenerateComponent
from gmmflow.executors.passes.cpus import usable_cpus
from gmmflow.executors.threads import Threads
from gmmflow.numerics.tree import tree_reduce
from gmmflow.values.block import spans
from gmmflow.values.dataset import Dataset
from gmmflow.values.row_pass import RowPass


def bracket(a, b):
    return f"({a}{b})"


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_values_are_added_in_tree_order(kit, threads):
    data = kit.dataset((3 * kit.SPAN, 0, kit.SPAN + 1, 5, 0))
    work = RowPass(lambda span: f"<{span.first_row}>", bracket)
    expected = tree_reduce(
        (
            tree_reduce((f"<{s.first_row}>" for s in spans(chunk, kit.D)), bracket)
            for chunk in data.pieces()
        ),
        work.combine,
    )
    with Threads(threads=threads).start() as engine:
        assert engine.reduce(data, work) == expected
        assert engine.reduce(kit.on_dask(data), work) == expected


@pytest.mark.parametrize("chunks", [(), (0,), (0, 0, 0)])
def test_no_rows_sum_to_none(kit, chunks):
    with Threads(threads=2).start() as engine:
        assert engine.reduce(kit.dataset(chunks), kit.SUMS) is None


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_ends_the_pass_and_arrives_unchanged(kit, threads, lazy):
    data = kit.dataset((kit.SPAN,) * 40)
    data = kit.on_dask(data) if lazy else data
    error = DegenerateComponent(1, "it is empty", "use fewer components")
    seen = []

    def leaf(span):
        seen.append(span.first_row)
        if span.first_row == 2 * kit.SPAN:
            raise error
        sleep(0.002)

    with Threads(threads=threads).start() as engine:
        with pytest.raises(DegenerateComponent) as caught:
            engine.reduce(data, RowPass(leaf, kit.add))
        assert caught.value is error
        assert len(seen) < 40
        assert engine.reduce(data, RowPass(lambda span: 1, kit.add)) == 40


def test_of_several_errors_the_first_span_s_is_raised(kit):
    data = kit.dataset((kit.SPAN,) * 8)

    def leaf(span):
        if span.index == 0:
            sleep(0.05)  # the others have failed by then
        raise ValueError(span.index)

    with Threads(threads=4).start() as engine, pytest.raises(ValueError, match=r"^0$"):
        engine.reduce(data, RowPass(leaf, kit.add))


def test_the_caller_is_one_of_the_threads(kit):
    data = kit.dataset((kit.SPAN,) * 30)
    names = set()

    def leaf(span):
        names.add(threading.current_thread())
        sleep(0.002)
        return 0

    with Threads(threads=3).start() as engine:
        engine.reduce(data, RowPass(leaf, kit.add))
    assert threading.current_thread() in names
    assert len(names) == 3


def test_one_thread_needs_no_pool(kit):
    before = threading.active_count()
    with Threads(threads=1).start() as engine:
        engine.reduce(kit.dataset((kit.SPAN,) * 3), kit.SUMS)
        engine.reduce(kit.on_dask(kit.dataset((kit.SPAN,) * 3)), kit.SUMS)
        assert threading.active_count() == before


def test_few_values_are_alive(kit):
    class Value:
        alive = most = 0

        def __init__(self):
            Value.alive += 1
            Value.most = max(Value.most, Value.alive)

        def __del__(self):
            Value.alive -= 1

    work = RowPass(lambda span: Value(), lambda a, b: Value())
    names = tuple(map(str, range(kit.D)))
    one_chunk = Dataset(np.zeros((kit.SPAN * 64, kit.D)), names, (kit.SPAN * 64,))
    many = kit.dataset((1,) * 500)
    for data in (one_chunk, many, kit.on_dask(one_chunk), kit.on_dask(many)):
        Value.most = 0
        with Threads(threads=2).start() as engine:
            engine.reduce(data, work)
        assert Value.most <= 20
        assert Value.alive == 0


def test_memory_layout_does_not_change_the_bits(kit):
    data = kit.dataset((kit.SPAN + 3, 40))
    fortran = replace(data, rows=np.asfortranarray(data.rows))
    with Threads(threads=2).start() as engine:
        expected = kit.bits(engine.reduce(data, kit.SUMS))
        assert kit.bits(engine.reduce(fortran, kit.SUMS)) == expected
        assert kit.bits(engine.reduce(kit.on_dask(fortran), kit.SUMS)) == expected


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("threads", [1, 3])
def test_each_gives_every_chunk_in_order(kit, threads, lazy):
    data = kit.dataset((5, 0, 7, *([3] * 40)))
    expected = [
        (c.index, c.first_row, c.rows.sum(), c.sample_weight.sum(), c.labels.sum())
        for c in data.pieces()
    ]

    def task(chunk):
        sleep(0.001 * (chunk.index % 3))
        return (
            chunk.index, chunk.first_row, chunk.rows.sum(), chunk.sample_weight.sum(),
            chunk.labels.sum(),
        )  # fmt: skip

    with Threads(threads=threads).start() as engine:
        assert list(engine.each(kit.on_dask(data) if lazy else data, task)) == expected


@pytest.mark.parametrize("lazy", [False, True])
def test_each_works_a_few_chunks_ahead_and_no_more(kit, lazy):
    data = kit.dataset((2,) * 100)
    done = []
    with Threads(threads=2).start() as engine:
        results = engine.each(
            kit.on_dask(data) if lazy else data, lambda chunk: done.append(chunk.index)
        )
        next(results)
        results.close()
    assert len(done) <= 8


def test_each_raises_the_error_of_a_task(kit):
    def task(chunk):
        if chunk.index == 2:
            raise KeyError("two")
        return chunk.index

    with Threads(threads=2).start() as engine:
        results = engine.each(kit.dataset((2,) * 5), task)
        assert [next(results), next(results)] == [0, 1]
        with pytest.raises(KeyError, match="two"):
            next(results)


def test_blas_has_one_thread_until_close(kit):
    def limits(_=None):
        return {lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"}

    data = kit.dataset((kit.SPAN,) * 4)
    with threadpool_limits(2, user_api="blas"):
        with Threads(threads=2).start() as engine:
            assert limits() == {1}
            assert engine.reduce(data, RowPass(limits, set.union)) == {1}
            assert engine.reduce(kit.on_dask(data), RowPass(limits, set.union)) == {1}
            assert set.union(*engine.each(data, limits)) == {1}
        assert limits() == {2}


def test_nothing_runs_after_close(kit):
    before = set(threading.enumerate())
    with Threads(threads=3).start() as engine:
        engine.reduce(kit.dataset((kit.SPAN,) * 9), kit.SUMS)
        engine.reduce(kit.on_dask(kit.dataset((kit.SPAN,) * 9)), kit.SUMS)
        assert len(set(threading.enumerate()) - before) > 0
    assert set(threading.enumerate()) == before


def test_rows_in_memory_need_no_dask():
    code = """
import sys, numpy as np
from gmmflow.executors.threads import Threads
from gmmflow.values.dataset import Dataset
from gmmflow.values.row_pass import RowPass
with Threads(threads=2).start() as engine:
    data = Dataset(np.ones((10, 2)), ("a", "b"), (6, 4))
    assert engine.reduce(data, RowPass(lambda s: s.rows.sum(), lambda a, b: a + b)) == 20
    assert list(engine.each(data, lambda c: c.index)) == [0, 1]
print([name for name in sys.modules if name.split(".")[0] in ("dask", "distributed")])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_by_default_there_are_as_many_threads_as_cpus():
    with Threads().start() as engine:
        assert engine.threads == usable_cpus()


def test_no_threads_are_refused():
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Threads(threads=0)


def test_unaligned_rows_give_the_same_bits(kit):
    data = kit.dataset((kit.SPAN + 3, 40))
    buffer = np.empty(data.rows.nbytes + 1, np.uint8)[1:]
    unaligned = buffer.view(np.float64).reshape(data.rows.shape)
    unaligned[:] = data.rows
    assert not unaligned.flags.aligned
    with Threads(threads=1).start() as engine:
        expected = kit.bits(engine.reduce(data, kit.SUMS))
        assert kit.bits(engine.reduce(replace(data, rows=unaligned), kit.SUMS)) == expected
