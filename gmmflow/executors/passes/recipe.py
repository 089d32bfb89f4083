"""Recipes: how to make each chunk of a Dask data set, alone and in one task.

The tasks that only one chunk needs are packed into its recipe, so that a chunk lives no longer
than the task that reads and reduces it. Values that several chunks need stay tasks of their own;
those that every chunk needs (a column mean) are made once and held, as they are all pass long
anyway.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmflow.errors import DataError
from gmmflow.values.dataset import Chunk, Dataset

Graph = dict[Any, Any]
_MANY = -1


class Keys:
    """Keys as a value: inside a graph, Dask would put the result of a bare key in its place."""

    def __init__(self, keys: Sequence[Any]) -> None:
        self.keys = tuple(keys)


class Recipe:
    """Tasks that make one chunk from the values of other tasks.

    Opaque to Dask on purpose (no tuple, no dataclass): it is a value, not a part of the graph.

    Parameters
    ----------
    index, first_row, n_rows : int
        Which chunk, and the rows that it must have.
    source : str
        Where the rows come from, for messages; may be empty.
    graph : dict
        Tasks of this chunk alone.
    keys : tuple
        Keys of rows, sample weights and labels; None for what there is not.
    inputs : tuple
        Keys that the graph lacks.
    """

    def __init__(
        self, index: int, first_row: int, n_rows: int, source: str, graph: Graph,
        keys: tuple[Any, ...], inputs: tuple[Any, ...],
    ) -> None:  # fmt: skip
        self.index = index
        self.first_row = first_row
        self.n_rows = n_rows
        self.source = source
        self.graph = graph
        self.keys = keys
        self.inputs = inputs

    def holding(self, values: dict[Any, Any]) -> Recipe:
        """The recipe with the values of some inputs in it."""
        from dask.core import quote

        held = {key: quote(values[key]) for key in self.inputs if key in values}
        return Recipe(
            self.index, self.first_row, self.n_rows, self.source, self.graph | held,
            self.keys, tuple(key for key in self.inputs if key not in held),
        )  # fmt: skip

    def make(self, values: dict[Any, Any]) -> Chunk:
        """Read the chunk, given the values of its inputs."""
        from dask.local import get_sync

        graph = self.holding(values).graph
        wanted = [key for key in self.keys if key is not None]
        made: dict[Any, Any] = dict(zip(wanted, get_sync(graph, wanted), strict=True))
        rows = np.asarray(made[self.keys[0]])
        weight, labels = (made.get(key) for key in self.keys[1:])
        if len(rows) != self.n_rows:
            raise DataError(
                f"chunk {self.index}{f' ({self.source})' if self.source else ''} has "
                f"{len(rows)} rows where its Dask array says {self.n_rows}",
                "Correct the row chunks of the array, or read the data again if they changed.",
            )
        return Chunk(self.index, self.first_row, rows, weight, labels)


@dataclass(frozen=True)
class Recipes:
    """Recipes of all chunks, and the tasks that they share.

    Attributes
    ----------
    recipes : tuple of Recipe
    held : dict
        Graph of the values that every chunk needs.
    held_keys : tuple
        Their keys.
    shared : dict
        Graph of the other inputs.
    """

    recipes: tuple[Recipe, ...]
    held: Graph
    held_keys: tuple[Any, ...]
    shared: Graph


def recipes(data: Dataset) -> Recipes:
    """Recipes for the chunks of a Dask data set."""
    from dask.core import flatten
    from dask.optimization import cull

    # Not optimized by Dask: that would fuse a read that rows, weights and labels share into each.
    graph: Graph = {}
    keys: list[list[Any]] = []
    for column in (data.rows, data.sample_weight, data.labels):
        if column is None:
            keys.append([None] * len(data.chunks))
        else:
            graph.update(column.__dask_graph__())
            keys.append(list(flatten(column.__dask_keys__())))
    outputs = list(zip(*keys, strict=True))
    owner, parents, users = _separate(graph, outputs)

    tasks: dict[int, Graph] = defaultdict(dict)
    inputs: dict[int, set[Any]] = defaultdict(set)
    for key, chunk in owner.items():
        tasks[chunk][key] = graph[key]
        inputs[chunk].update(parents[key] & users.keys())
    held_keys = tuple(key for key, chunks in users.items() if len(chunks) == len(outputs))
    others = [key for key in users if key not in held_keys]
    made = []
    for index, (first, size) in enumerate(zip(data.first_rows, data.chunks, strict=True)):
        wanted = {key for key in outputs[index] if key in users}
        made.append(
            Recipe(
                index, first, size, data.source[index] if data.source else "", tasks[index],
                outputs[index], tuple(sorted(inputs[index] | wanted, key=str)),
            )
        )  # fmt: skip
    return Recipes(
        tuple(made),
        cull(graph, list(held_keys))[0] if held_keys else {},
        held_keys,
        cull(graph, others)[0] if others else {},
    )


def _separate(
    graph: Graph, outputs: list[tuple[Any, ...]]
) -> tuple[dict[Any, int], dict[Any, set[Any]], dict[Any, set[int]]]:
    """Which chunk owns each task, the inputs of each task, and the chunks that use shared ones.

    A task is shared if tasks of two chunks need its value. Everything that only shared tasks
    need is left to them: a mean over all rows does not make the rows shared.
    """
    from dask.core import get_dependencies

    parents: dict[Any, set[Any]] = {}
    users: dict[Any, set[int]] = {}
    while True:
        owner: dict[Any, int] = {}
        for chunk, wanted in enumerate(outputs):
            stack = [key for key in wanted if key is not None]
            while stack:
                key = stack.pop()
                known = owner.get(key)
                if key in users or known in (chunk, _MANY):
                    continue
                owner[key] = chunk if known is None else _MANY
                if key not in parents:
                    parents[key] = set(get_dependencies(graph, key))
                stack.extend(parents[key])
        if _MANY not in owner.values():
            break
        needed_by: dict[Any, set[int]] = defaultdict(set)
        for chunk, wanted in enumerate(outputs):
            for key in wanted:
                needed_by[key].add(chunk)
        for key, chunk in owner.items():
            if chunk != _MANY:
                for parent in parents[key]:
                    needed_by[parent].add(chunk)
        # Taking out the topmost shared tasks may free what is below them: look again.
        for key, chunks in needed_by.items():
            if owner.get(key) == _MANY and len(chunks) > 1:
                users[key] = chunks
    return owner, parents, users
