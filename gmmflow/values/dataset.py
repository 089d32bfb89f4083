"""The rows a loader hands over, and how they are cut into chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Dataset:
    """Rows with their names, weights and labels, in memory or as a Dask array.

    Attributes
    ----------
    rows : numpy.ndarray or dask.array.Array, (n, d)
        float64 or float32. A Dask array has known row chunks, equal to `chunks`, and one chunk
        of columns.
    names : tuple of str
        Names of the d columns.
    chunks : tuple of int
        Rows of each chunk. They belong to the source and the config and are the same whether
        the rows are held in memory or not, because they shape the sums.
    sample_weight : numpy.ndarray or dask.array.Array, (n,), optional
        Row weights, finite and not negative, chunked as the rows.
    labels : numpy.ndarray or dask.array.Array, (n,) int32, optional
        Index into `label_names`; -1 where a row has no label.
    label_names : tuple of str
        The classes, in the order of their codes.
    source : tuple of str
        For each chunk, where its rows come from ("a.parquet, row group 3"), for messages;
        empty for arrays.
    fingerprint : str
        Identifies the data (paths, sizes, times or a hash of the array).
    notes : tuple of str
        What a user should know about the reading (rows dropped, columns skipped).
    """

    rows: Any
    names: tuple[str, ...]
    chunks: tuple[int, ...]
    sample_weight: Any = None
    labels: Any = None
    label_names: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    fingerprint: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return sum(self.chunks)

    @property
    def n_features(self) -> int:
        """Number of columns."""
        return len(self.names)

    @property
    def in_memory(self) -> bool:
        """Whether the rows are an ndarray."""
        return isinstance(self.rows, np.ndarray)

    @property
    def first_rows(self) -> tuple[int, ...]:
        """Index of the first row of each chunk."""
        return (0, *accumulate(self.chunks))[: len(self.chunks)]

    def pieces(self) -> Iterator[Chunk]:
        """Chunks of rows that are in memory, as views."""
        for index, (first, size) in enumerate(zip(self.first_rows, self.chunks, strict=True)):
            part = slice(first, first + size)
            yield Chunk(
                index,
                first,
                self.rows[part],
                None if self.sample_weight is None else self.sample_weight[part],
                None if self.labels is None else self.labels[part],
            )


@dataclass(frozen=True)
class Chunk:
    """One chunk in memory.

    Attributes
    ----------
    index, first_row : int
        Which chunk, and the index of its first row in the data set.
    rows : (m, d) float64 or float32
        Before any transform.
    sample_weight : (m,) float64, optional
    labels : (m,) int32, optional
    held_out : (m,) float64, optional
        Weights of the rows that are left out of a fit, whose `sample_weight` is then 0.
    """

    index: int
    first_row: int
    rows: np.ndarray
    sample_weight: np.ndarray | None = None
    labels: np.ndarray | None = None
    held_out: np.ndarray | None = None

    def part(self, start: int, stop: int) -> Chunk:
        """Rows `start` to `stop` of the chunk, as views."""
        cut = slice(start, stop)
        return Chunk(
            self.index,
            self.first_row + start,
            self.rows[cut],
            None if self.sample_weight is None else self.sample_weight[cut],
            None if self.labels is None else self.labels[cut],
            None if self.held_out is None else self.held_out[cut],
        )
