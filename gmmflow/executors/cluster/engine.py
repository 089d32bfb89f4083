"""Passes on a Dask cluster: a small graph a pass, every node of which can be made again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import islice
from typing import Any
from uuid import uuid4

from gmmflow.errors import ClusterError
from gmmflow.executors.base import Engine
from gmmflow.executors.cluster.placed import Placed, place, same, send
from gmmflow.executors.passes.graph import group_size, mapping, reduction
from gmmflow.executors.passes.shipping import ByValue, Shipped
from gmmflow.numerics.blas_threads import one_blas_thread
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.row_pass import RowPass

#: Bytes of rows in a task that make the scheduler's 5 ms for it small.
TASK_BYTES = 128 << 20
#: Seconds between looks at whether there still are workers.
TICK = 1.0


class ClusterEngine(Engine):
    """A connection to a cluster.

    Parameters
    ----------
    connection : context manager
        Gives the client, and closes it.
    timeout : float
        Seconds that the cluster may be without any worker.
    ship : tuple of module
        Local plugin modules that travel inside what is sent.
    """

    def __init__(
        self, connection: AbstractContextManager[Any], timeout: float, ship: tuple[Any, ...] = ()
    ) -> None:
        self._timeout = timeout
        self._placed: Placed | None = None
        self._exit = ExitStack()
        self.client = self._exit.enter_context(connection)
        self._exit.callback(ByValue(ship).close)
        # Nothing heavy happens here, but the M-step does: its bits too.
        self._exit.enter_context(one_blas_thread())

    def reduce(self, data: Dataset, work: RowPass) -> Any:
        """Sum of `work` over all rows; None if there are none.

        Raises
        ------
        ClusterError
            The cluster went away. An error of the work itself arrives unchanged.
        """
        if not data.chunks:
            return None
        with self._translated():
            placed = self._place(data)
            group = group_size(data, self._slots(), TASK_BYTES)
            graph, key = reduction(placed.sources, placed.inputs, Shipped(work), group)
            return self._result(self._send(placed, graph, key))

    def each(self, data: Dataset, task: Callable[[Chunk], Any]) -> Iterator[Any]:
        """Results of `task` on every chunk, in the order of the chunks, as they come.

        Two chunks for each thread of the cluster are in work or waiting to be taken.
        """
        with self._translated():
            placed = self._place(data)
            sent = send(self.client, {f"gmmflow-{uuid4().hex}": (same, Shipped(task))})
            graph, keys = mapping(placed.sources, placed.inputs, sent[0])
            futures = (self._send(placed, {key: graph[key]}, key) for key in keys)
            ahead = deque(islice(futures, 2 * self._slots()))
        while ahead:
            with self._translated():
                value = self._result(ahead.popleft())
                ahead.extend(islice(futures, 1))
            yield value

    def close(self) -> None:
        """Leave the cluster; it keeps nothing of ours and goes on."""
        self._placed = None
        self._exit.close()

    def _place(self, data: Dataset) -> Placed:
        if self._placed is None or self._placed.data is not data:
            self._placed = place(self.client, data)
        return self._placed

    def _slots(self) -> int:
        return max(1, sum(self.client.nthreads().values()))

    def _send(self, placed: Placed, graph: dict[Any, Any], key: Any) -> Any:
        from dask.optimization import cull

        if placed.shared:
            graph = cull(placed.shared | graph, [key])[0]
        return send(self.client, graph, [key])[0]

    def _result(self, future: Any) -> Any:
        """Wait, but not forever for a cluster without workers."""
        alone = 0.0
        try:
            while True:
                try:
                    future.exception(timeout=TICK)  # returns the error of the task, raises ours
                    return future.result()
                except TimeoutError:
                    if future.done():  # just now, or the timeout is the task's own error
                        return future.result()
                    alone = 0.0 if self.client.nthreads() else alone + TICK
                    if alone >= self._timeout:
                        raise ClusterError(
                            f"the cluster has had no workers for {self._timeout:g} s",
                            "Start workers and run again, or raise run.timeout.",
                        ) from None
        finally:
            # Cancelled where we leave early; otherwise the value is ours and may go there.
            if not future.done():
                future.cancel()
            future.release()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        try:
            yield
        except KilledWorker as error:
            raise ClusterError(
                f"workers keep dying at the same task: {error}",
                "Look into the workers' logs; most often they run out of memory: give them more, "
                "or make the chunks smaller.",
            ) from error
        except (CancelledError, CommClosedError) as error:
            raise ClusterError(
                "the connection to the Dask scheduler was lost "
                f"({getattr(error, 'reason', None) or type(error).__name__})",
                "See that the scheduler is running, then run again.",
            ) from error
