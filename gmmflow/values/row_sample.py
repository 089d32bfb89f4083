"""A uniform sample of rows that can be drawn span by span and merged in any grouping.

Every row has a random key that depends on the seed and the row's index alone; the sample is the
rows with the smallest keys. So it does not depend on chunking, and merging loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.numerics.random import row_keys


@dataclass(frozen=True)
class RowSample:
    """The `size` rows of smallest key among those seen, or all of them if they are fewer.

    Attributes
    ----------
    size : int
        Rows to keep at most.
    keys : (s,) uint64
    indices : (s,) int64
        Of the rows in the data set.
    rows : (s, d) float64 or float32
    sample_weight : (s,) float64
        Ones where the data have no weights.
    """

    size: int
    keys: np.ndarray
    indices: np.ndarray
    rows: np.ndarray
    sample_weight: np.ndarray

    def in_order(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows (s, d) float64 and their weights (s,), in the order of the data."""
        order = np.argsort(self.indices)
        return self.rows[order].astype(np.float64, copy=False), self.sample_weight[order]

    def _smallest(self) -> RowSample:
        if len(self.keys) <= self.size:
            return self
        limit = np.partition(self.keys, self.size - 1)[self.size - 1]
        kept = self.keys < limit
        # Equal keys (one pair in 2**64) go by the order of the data.
        equal = np.flatnonzero(self.keys == limit)
        first = np.argsort(self.indices[equal])[: self.size - np.count_nonzero(kept)]
        kept[equal[first]] = True
        return RowSample(
            self.size, self.keys[kept], self.indices[kept], self.rows[kept],
            self.sample_weight[kept],
        )  # fmt: skip


def draw_rows(
    rows: np.ndarray, first_row: int, sample_weight: np.ndarray | None, size: int, seed: int
) -> RowSample:
    """Sample of one run of rows (m, d), whose first has index `first_row` in the data set.

    Rows of zero weight never enter; among the others, weights do not matter for who is drawn.
    """
    if size < 1:
        raise ValueError(f"a sample needs at least one row, not {size}")
    keys = row_keys(seed, "row sample", first_row, len(rows))
    indices = np.arange(first_row, first_row + len(rows), dtype=np.int64)
    if sample_weight is None:
        weight = np.ones(len(rows))
    else:
        kept = sample_weight > 0
        keys, indices, rows = keys[kept], indices[kept], rows[kept]
        weight = sample_weight[kept].astype(np.float64, copy=False)
    return RowSample(size, keys, indices, rows, weight)._smallest()


def merge_samples(a: RowSample, b: RowSample) -> RowSample:
    """Sample of both sets of rows, which share none."""
    return RowSample(
        a.size,
        np.concatenate([a.keys, b.keys]),
        np.concatenate([a.indices, b.indices]),
        np.concatenate([a.rows, b.rows]),
        np.concatenate([a.sample_weight, b.sample_weight]),
    )._smallest()
