"""A data set on a cluster: what makes each chunk is sent once, and passes refer to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from gmmflow.executors.passes.recipe import Keys, Recipe, recipes
from gmmflow.executors.passes.shipping import Shipped, opened
from gmmflow.values.dataset import Dataset


@dataclass(frozen=True)
class Placed:
    """A data set as passes on the cluster see it.

    Attributes
    ----------
    data : Dataset
    sources : tuple of distributed.Future
        For each chunk, the chunk or its recipe. They are results of tasks that hold the value,
        not scattered data, so that the scheduler makes a lost one again.
    inputs : tuple of tuple
        For each chunk the keys that its recipe needs.
    shared : dict
        Graph of these keys.
    """

    data: Dataset
    sources: tuple[Any, ...]
    inputs: tuple[tuple[Any, ...], ...]
    shared: dict[Any, Any]


def place(client: Any, data: Dataset) -> Placed:
    """Send what makes each chunk."""
    name = f"gmmflow-{uuid4().hex}"
    if data.in_memory:
        # One message a chunk: all in one could be too large for a message.
        sent = tuple(
            send(client, {(name, chunk.index): (same, chunk)})[0] for chunk in data.pieces()
        )
        return Placed(data, sent, ((),) * len(sent), {})
    found = recipes(data)
    held = set(found.held_keys)
    graph = dict(found.held)
    for recipe in found.recipes:
        wanted = [key for key in recipe.inputs if key in held]
        graph[name, recipe.index] = (
            (_hold, Shipped(recipe), Keys(wanted), wanted) if wanted else (same, Shipped(recipe))
        )
    keys = [(name, recipe.index) for recipe in found.recipes]
    inputs = tuple(
        tuple(key for key in recipe.inputs if key not in held) for recipe in found.recipes
    )
    return Placed(data, tuple(send(client, graph, keys)), inputs, found.shared)


def send(client: Any, graph: dict[Any, Any], keys: Sequence[Any] | None = None) -> list[Any]:
    """Futures of some keys of a graph, of all by default."""
    with _quietly():
        futures: list[Any] = client.get(graph, list(graph if keys is None else keys), sync=False)
    return futures


def same(value: Any) -> Any:
    """The task that holds a value."""
    return value


def _hold(source: Any, keys: Keys, values: list[Any]) -> Recipe:
    recipe: Recipe = opened(source)
    return recipe.holding(dict(zip(keys.keys, values, strict=True)))


@contextmanager
def _quietly() -> Iterator[None]:
    """Without Dask's warning of large graphs: ours are as large as they need to be, once."""
    import dask

    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"}):
        yield
