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
        Value of one span, C-contiguous and aligned; pure and picklable.
    add : callable of two values
        Their sum; pure and picklable.
    """

    leaf: Callable[[Chunk], Any]
    add: Callable[[Any, Any], Any]

    def span(self, span: Chunk) -> Any:
        """Value of one span; its memory layout does not matter."""
        return self.leaf(laid_out(span))

    def chunk(self, chunk: Chunk) -> Any:
        """Value of a whole chunk; None of an empty one."""
        parts = spans(chunk, chunk.rows.shape[1])
        return tree_reduce((self.span(part) for part in parts), self.add)

    def combine(self, a: Any, b: Any) -> Any:
        """Sum of two values, where None is that of no rows."""
        if a is None or b is None:
            return b if a is None else a
        return self.add(a, b)


def laid_out(chunk: Chunk) -> Chunk:
    """The chunk with C-contiguous, aligned arrays; itself where it has them already.

    NumPy adds in another order in Fortran layout, and in arrays that are not aligned, as those
    that come out of a pickle may be.
    """
    arrays = (chunk.rows, chunk.sample_weight, chunk.labels)
    if all(a is None or (a.flags.c_contiguous and a.flags.aligned) for a in arrays):
        return chunk
    rows, weight, labels = (None if a is None else np.require(a, None, ["C", "A"]) for a in arrays)
    assert rows is not None
    return replace(chunk, rows=rows, sample_weight=weight, labels=labels)
