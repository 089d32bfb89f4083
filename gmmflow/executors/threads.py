"""Threads of this process: plain ones for rows in memory, Dask's scheduler for Dask arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Literal

from gmmflow.executors.base import Engine, Executor
from gmmflow.executors.passes.cpus import usable_cpus
from gmmflow.executors.passes.streams import each_chunk, reduce_streams
from gmmflow.numerics.blas_threads import one_blas_thread
from gmmflow.stage import Field
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.row_pass import RowPass

#: Bytes of rows that make a task worth its 0.1 ms in Dask's threaded scheduler.
TASK_BYTES = 8 << 20
#: Chunks of a Dask data set that `each` has in work at once, per thread.
AHEAD = 4


class Threads(Executor):
    """Threads of this process; BLAS has one thread in each of them."""

    type: Literal["threads"] = "threads"
    threads: int | None = Field(
        None,
        ge=1,
        le=4096,
        description="Threads that work on rows; by default the CPUs the process may use.",
    )

    def start(self, ship: tuple[Any, ...] = ()) -> ThreadEngine:
        """Start working; `ship` is not needed, all work happens in this process."""
        return ThreadEngine(self.threads or usable_cpus())


class ThreadEngine(Engine):
    """A started pool.

    Parameters
    ----------
    threads : int
        How many, the caller's included: one thread needs no pool.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._exit = ExitStack()
        self._exit.enter_context(one_blas_thread())
        self._pool = None
        if threads > 1:
            self._pool = ThreadPoolExecutor(threads, thread_name_prefix="gmmflow")
            self._exit.callback(self._pool.shutdown, cancel_futures=True)
        self._known: _DaskRows | None = None

    def reduce(self, data: Dataset, work: RowPass) -> Any:
        """Sum of `work` over all rows; None if there are none."""
        if data.in_memory:
            return reduce_streams(data, work, self._pool, self.threads)
        return self._dask(data).reduce(work) if data.chunks else None

    def each(self, data: Dataset, task: Callable[[Chunk], Any]) -> Iterator[Any]:
        """Results of `task` on every chunk, in the order of the chunks, as they come."""
        if data.in_memory:
            return each_chunk(data, task, self._pool, self.threads)
        return self._dask(data).each(task)

    def close(self) -> None:
        """End the threads and give BLAS its own back."""
        self._known = None
        self._exit.close()

    def _dask(self, data: Dataset) -> _DaskRows:
        if self._known is None or self._known.data is not data:
            self._known = _DaskRows(data, self._pool, self.threads)
        return self._known


class _DaskRows:
    """A Dask data set, prepared for passes on Dask's threaded scheduler."""

    def __init__(self, data: Dataset, pool: ThreadPoolExecutor | None, threads: int) -> None:
        from gmmflow.executors.passes.recipe import recipes

        self.data = data
        self._pool = pool
        self._threads = threads
        self._shared: dict[Any, Any] = {}
        found = recipes(data)
        values = self._get(found.held, list(found.held_keys))
        held = dict(zip(found.held_keys, values, strict=True))
        self._sources = [recipe.holding(held) for recipe in found.recipes]
        self._inputs = [recipe.inputs for recipe in self._sources]
        self._shared = found.shared

    def reduce(self, work: RowPass) -> Any:
        from gmmflow.executors.passes.graph import group_size, reduction

        group = group_size(self.data, self._threads, TASK_BYTES)
        graph, key = reduction(self._sources, self._inputs, work, group)
        return self._get(graph, key)

    def each(self, task: Callable[[Chunk], Any]) -> Iterator[Any]:
        from gmmflow.executors.passes.graph import mapping

        ahead = AHEAD * self._threads
        for start in range(0, len(self._sources), ahead):
            part = slice(start, start + ahead)
            graph, keys = mapping(self._sources[part], self._inputs[part], task)
            yield from self._get(graph, keys)

    def _get(self, graph: dict[Any, Any], keys: Any) -> Any:
        import dask.threaded
        from dask.local import get_sync
        from dask.optimization import cull

        if self._shared:
            graph = cull(self._shared | graph, keys)[0]
        if self._pool is None:
            return get_sync(graph, keys)
        return dask.threaded.get(graph, keys, pool=self._pool)
