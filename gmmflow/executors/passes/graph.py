"""One pass over a data set as a small Dask graph: a task a group of chunks, a tree of sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from gmmflow.executors.passes.recipe import Graph, Keys, Recipe
from gmmflow.executors.passes.shipping import opened
from gmmflow.numerics.blas_threads import one_blas_thread
from gmmflow.numerics.tree import tree_reduce
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.row_pass import laid_out

#: Values added in one task. A power of two, so that the tree stays the same.
FAN_IN = 4


def reduction(
    sources: Sequence[Any], inputs: Sequence[tuple[Any, ...]], work: Any, group: int
) -> tuple[Graph, Any]:
    """Graph of a reduction, and the key of the sum.

    Parameters
    ----------
    sources : sequence
        For each chunk a `Chunk`, a `Recipe`, or a future of one; at least one.
    inputs : sequence of tuple
        For each chunk the keys its recipe needs.
    work : RowPass, or the same shipped
        A node of its own: it is sent once, and a scheduler can give it to any worker again.
    group : int
        Chunks in one task, a power of two: the bits do not depend on it.
    """
    name = f"gmmflow-{uuid4().hex}"
    graph: Graph = {(name, "work"): (_same, work)}
    level: list[Any] = []
    # Dask visits siblings in the order of their names: padded, so that neighbours follow.
    for start in range(0, len(sources), group):
        part = slice(start, start + group)
        wanted = _distinct(inputs[part])
        level.append((name, "chunks", f"{start:012d}"))
        graph[level[-1]] = (
            _reduce_chunks, (name, "work"), list(sources[part]), Keys(wanted), list(wanted),
        )  # fmt: skip
    depth = 0
    while len(level) > 1:
        upper: list[Any] = []
        for start in range(0, len(level), FAN_IN):
            upper.append((name, "sum", depth, f"{start:012d}"))
            graph[upper[-1]] = (_add_values, (name, "work"), level[start : start + FAN_IN])
        level, depth = upper, depth + 1
    return graph, level[0]


def mapping(
    sources: Sequence[Any], inputs: Sequence[tuple[Any, ...]], task: Any
) -> tuple[Graph, list[Any]]:
    """Graph that applies `task`, or a future of it, to some chunks, and the keys of the results."""
    name = f"gmmflow-{uuid4().hex}"
    graph: Graph = {
        (name, "chunk", index): (_map_chunk, task, source, Keys(wanted), list(wanted))
        for index, (source, wanted) in enumerate(zip(sources, inputs, strict=True))
    }
    return graph, list(graph)


def group_size(data: Dataset, workers: int, task_bytes: int) -> int:
    """Chunks of a task: rows enough to be worth it, and tasks enough for all workers."""
    n_chunks = len(data.chunks)
    n_bytes = data.n_rows * data.n_features * data.rows.dtype.itemsize
    group = 1
    while 2 * group * n_bytes <= task_bytes * n_chunks and 8 * group * workers <= n_chunks:
        group *= 2
    return group


def _distinct(inputs: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(key for keys in inputs for key in keys))


def _same(value: Any) -> Any:
    return value


def _chunk(source: Any, keys: Keys, values: list[Any]) -> Chunk:
    made = opened(source)
    if isinstance(made, Recipe):
        made = made.make(dict(zip(keys.keys, values, strict=True)))
    return laid_out(made)


def _reduce_chunks(work: Any, sources: list[Any], keys: Keys, values: list[Any]) -> Any:
    row_pass = opened(work)
    with one_blas_thread():
        # A generator: a chunk is gone before the next one is read.
        return tree_reduce(
            (row_pass.chunk(_chunk(source, keys, values)) for source in sources),
            row_pass.combine,
        )


def _add_values(work: Any, values: list[Any]) -> Any:
    return tree_reduce(values, opened(work).combine)


def _map_chunk(task: Any, source: Any, keys: Keys, values: list[Any]) -> Any:
    apply: Callable[[Chunk], Any] = opened(task)
    with one_blas_thread():
        return apply(_chunk(source, keys, values))
