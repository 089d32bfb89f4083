"""One pass over all rows, as a value that executors run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gmmflow.numerics.tree import tree_reduce
from gmmflow.values.block import spans
from gmmflow.values.dataset import Chunk


@dataclass(frozen=True)
class RowPass:
    """A reduction over rows: `leaf` of each span, summed by `add` in tree order.

    Attributes
    ----------
    leaf : callable of Chunk
        Value of one span; pure and picklable.
    add : callable of two values
        Their sum; pure and picklable.
    """

    leaf: Callable[[Chunk], Any]
    add: Callable[[Any, Any], Any]

    def chunk(self, chunk: Chunk) -> Any:
        """Value of a whole chunk; None of an empty one."""
        return tree_reduce(
            (self.leaf(span) for span in spans(chunk, chunk.rows.shape[1])), self.add
        )

    def combine(self, a: Any, b: Any) -> Any:
        """Sum of two values, where None is that of no rows."""
        if a is None or b is None:
            return b if a is None else a
        return self.add(a, b)
