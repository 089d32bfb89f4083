"""One pass over all rows, as a value that executors run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gmmflow.numerics.tree import tree_reduce
from gmmflow.values.block import spans
from gmmflow.values.dataset import Chunk


@dataclass(frozen=True)
class RowPass:
    """A reduction over rows: `leaf` of each span, summed by `add` in tree order.

    Attributes
    ----------
    leaf : callable of Chunk
        Value of one span, whose rows are C-contiguous; pure and picklable.
    add : callable of two values
        Their sum; pure and picklable.
    """

    leaf: Callable[[Chunk], Any]
    add: Callable[[Any, Any], Any]

    def span(self, span: Chunk) -> Any:
        """Value of one span; the memory layout of its rows does not matter."""
        return self.leaf(in_c_order(span))

    def chunk(self, chunk: Chunk) -> Any:
        """Value of a whole chunk; None of an empty one."""
        parts = spans(chunk, chunk.rows.shape[1])
        return tree_reduce((self.span(part) for part in parts), self.add)

    def combine(self, a: Any, b: Any) -> Any:
        """Sum of two values, where None is that of no rows."""
        if a is None or b is None:
            return b if a is None else a
        return self.add(a, b)


def in_c_order(chunk: Chunk) -> Chunk:
    """The chunk with C-contiguous rows: NumPy adds columns in another order in Fortran layout."""
    if chunk.rows.flags.c_contiguous:
        return chunk
    return replace(chunk, rows=np.ascontiguousarray(chunk.rows))
