"""Rows that are left out of the fit, so that what it says of them can be a criterion.

Which rows depends on the seed and their place in the data alone, not on chunks. They have weight
0 in every pass of the fit: transforms, starts and statistics never see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gmmflow.executors.base import Engine
from gmmflow.numerics.random import row_uniforms
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.row_pass import RowPass


@dataclass(frozen=True)
class HeldOut:
    """A random share of the rows.

    Attributes
    ----------
    seed : int
    fraction : float
    """

    seed: int
    fraction: float

    def apart(self, span: Chunk) -> Chunk:
        """The span with its weight split: what takes part, and what is held out."""
        size = len(span.rows)
        drawn = row_uniforms(self.seed, "held out", 0, span.first_row, size, 1)[:, 0]
        weight = np.ones(size) if span.sample_weight is None else span.sample_weight
        out = drawn < self.fraction
        return replace(
            span, sample_weight=np.where(out, 0.0, weight), held_out=np.where(out, weight, 0.0)
        )


@dataclass(frozen=True)
class LeafApart:
    """A leaf that sees the held-out rows as such."""

    held_out: HeldOut
    leaf: Callable[[Chunk], Any]

    def __call__(self, span: Chunk) -> Any:
        """Value of one span."""
        return self.leaf(self.held_out.apart(span))


class EngineApart(Engine):
    """The engine of a fit with held-out rows.

    Parameters
    ----------
    engine : Engine
        It stays another's: leaving this one closes nothing.
    held_out : HeldOut
    """

    def __init__(self, engine: Engine, held_out: HeldOut) -> None:
        self._engine = engine
        self._held_out = held_out

    def reduce(self, data: Dataset, work: RowPass) -> Any:
        """Sum of `work` over all rows, the held-out ones at weight 0."""
        return self._engine.reduce(data, RowPass(LeafApart(self._held_out, work.leaf), work.add))

    def each(self, data: Dataset, task: Callable[[Chunk], Any]) -> Iterator[Any]:
        """Results of `task` on every chunk."""
        return self._engine.each(data, LeafApart(self._held_out, task))

    def close(self) -> None:
        """Nothing: the engine is another's."""
