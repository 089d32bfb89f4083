"""Passes over rows in memory: streams that each take the next span, one of them the caller's.

Spans are taken in order and added wherever two neighbours have met, so nobody waits for anybody
and few values are alive: O(log n) for each stream.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor as Pool
from concurrent.futures import Future, wait
from threading import Lock
from typing import Any

from gmmflow.numerics.blas_threads import one_blas_thread
from gmmflow.numerics.tree import TreeSum
from gmmflow.values.block import span_rows, spans
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.row_pass import RowPass, laid_out


class _Pass:
    """What the streams of one pass share."""

    def __init__(self, data: Dataset, work: RowPass) -> None:
        self.work = work
        self.sum: TreeSum[Any] = TreeSum(len(data.chunks), work.combine)
        self.errors: list[tuple[int, BaseException]] = []
        self._spans = self._cut(data)
        self._lock = Lock()

    def _cut(self, data: Dataset) -> Iterator[tuple[TreeSum[Any], int, Chunk]]:
        for chunk in data.pieces():
            parts = spans(chunk, data.n_features)
            if not parts:
                self.sum.put(chunk.index, None)
            of_chunk: TreeSum[Any] = TreeSum(len(parts), self.work.add)
            for index, part in enumerate(parts):
                yield of_chunk, index, part

    def stream(self) -> None:
        """Take spans until there are no more, or one has failed."""
        with one_blas_thread():
            while not self.errors:
                with self._lock:
                    of_chunk, index, span = next(self._spans, (None, 0, None))
                if of_chunk is None or span is None:
                    return
                try:
                    if of_chunk.put(index, self.work.span(span)):
                        self.sum.put(span.index, of_chunk.total)
                except BaseException as error:
                    self.errors.append((span.first_row, error))
                    return


def reduce_streams(data: Dataset, work: RowPass, pool: Pool | None, threads: int) -> Any:
    """Sum of `work` over rows in memory; None if there are none.

    Raises
    ------
    BaseException
        The error of a span, unchanged. Where several fail it is that of the first one: spans are
        taken in order, so all before a failing one have been taken too.
    """
    size = span_rows(data.n_features)
    if 0 < data.n_rows <= size and len(data.chunks) == 1:  # a small table: nothing to share out
        with one_blas_thread():
            return work.span(next(data.pieces()))
    shared = _Pass(data, work)
    helpers: list[Future[None]] = []
    if pool is not None:
        n_spans = sum(-(-rows // size) for rows in data.chunks)
        helpers = [pool.submit(shared.stream) for _ in range(min(threads, n_spans) - 1)]
    try:
        shared.stream()
        wait(helpers)
    except BaseException as error:  # an interrupt outside any span: stop the others first
        shared.errors.append((-1, error))
        wait(helpers)
        raise
    if shared.errors:
        raise min(shared.errors, key=lambda item: item[0])[1]
    return shared.sum.total


def each_chunk(
    data: Dataset, task: Callable[[Chunk], Any], pool: Pool | None, threads: int
) -> Iterator[Any]:
    """Results of `task` on the chunks, in their order, at most `threads` of them ahead."""
    chunks = map(laid_out, data.pieces())
    if pool is None:
        yield from map(task, chunks)
        return
    ahead: deque[Future[Any]] = deque()
    try:
        for chunk in chunks:
            ahead.append(pool.submit(task, chunk))
            if len(ahead) > threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        for future in ahead:
            future.cancel()
        wait(ahead)
