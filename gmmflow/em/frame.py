"""How EM sees the rows: after the transforms, from a fixed centre."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gmmflow.transforms.base import Fitted
from gmmflow.values.block import Block, Workspace, blocks, cut
from gmmflow.values.dataset import Chunk

_local = threading.local()


@dataclass(frozen=True)
class Frame:
    """Fitted transforms and the centre that rows are shifted by.

    Attributes
    ----------
    transforms : tuple of Fitted
        Applied in this order.
    centre : (d',)
        Mean of the transformed columns. It is fixed for the whole run, so that statistics of
        different sweeps and chunks are about one point.
    radius : float
        No row of positive weight is farther from the centre; inf for rows that nobody has seen.
    """

    transforms: tuple[Fitted, ...]
    centre: np.ndarray
    radius: float = np.inf

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """Transformed rows (m, d') of raw rows (m, d)."""
        for transform in self.transforms:
            rows = transform.apply(rows)
        return rows

    def blocks(
        self, rows: np.ndarray, span: Chunk, shapes: Iterable[tuple[int, int]]
    ) -> Iterator[Block]:
        """Blocks of a span, its transformed rows given, with the scratch memory of this thread.

        `shapes` (k, p) are those of the kernels that share the blocks.
        """
        if not hasattr(_local, "work"):
            _local.work = Workspace()
        cuts = [cut(shape, rows.shape[1]) for shape in shapes]
        size, room = min(size for size, _ in cuts), max(room for _, room in cuts)
        return blocks(rows, span, self.centre, _local.work, size, room, self.radius)

    def for_any_rows(self) -> Frame:
        """The frame for rows that were not among those it was made from."""
        return replace(self, radius=np.inf)

    @cached_property
    def log_abs_det(self) -> float | None:
        """Log Jacobian of all transforms, or None where one has none.

        Columns that were left out do not count: densities are of the columns that are left.
        """
        if self.to_model is not None:
            return float(np.log(np.abs(self.to_model[0])).sum())
        parts = [transform.log_abs_det() for transform in self.transforms]
        return None if None in parts else float(sum(part for part in parts if part is not None))

    @cached_property
    def to_model(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(scale, shift) of model rows = scale * data rows + shift, or None if not affine."""
        if not self.transforms:
            return np.ones(len(self.centre)), np.zeros(len(self.centre))
        total = self.transforms[0].affine()
        for transform in self.transforms[1:]:
            after = transform.affine()
            total = None if total is None or after is None else total.then(after)
        return None if total is None else (total.scale, total.shift)

    def to_data(self, rows: np.ndarray) -> np.ndarray:
        """Rows (m, d') in the units of the data, of transformed rows; columns stay selected."""
        assert self.to_model is not None, "the transforms cannot be undone"
        scale, shift = self.to_model
        return (rows - shift) / scale
