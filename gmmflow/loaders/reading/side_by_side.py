"""Several arrays of the same rows as one: measurements, weights and labels stored apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.reading.arrays import StoredArray


@dataclass(frozen=True)
class SideBySide(StoredArray):
    """Arrays whose columns follow one another, under their own names.

    An array of one dimension is a column of its name; one of two dimensions, called X, gives the
    columns X[0], X[1], ..., and X stands for all of them.
    """

    arrays: tuple[StoredArray, ...]
    titles: tuple[str, ...]
    flat: tuple[bool, ...]

    @property
    def name(self) -> str:
        """The first of them."""
        return self.arrays[0].name

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(
            title if flat else f"{title}[{j}]"
            for array, title, flat in zip(self.arrays, self.titles, self.flat, strict=True)
            for j in range(len(array.names))
        )

    @property
    def n_rows(self) -> int:
        """Rows, of which all arrays have as many."""
        return self.arrays[0].n_rows

    @property
    def step(self) -> int:
        """Rows that are stored together in the largest array."""
        return max(self.arrays, key=lambda array: len(array.names)).step

    @property
    def lists(self) -> Mapping[str, Sequence[str]]:
        """Names of arrays that stand for several columns."""
        names = self.names
        found, first = {}, 0
        for array, title, flat in zip(self.arrays, self.titles, self.flat, strict=True):
            if not flat:
                found[title] = names[first : first + len(array.names)]
            first += len(array.names)
        return found

    def columns(self, wanted: Sequence[int], start: int, stop: int) -> list[np.ndarray]:
        """Columns (m,) of rows `start` to `stop`; arrays without any of them are not read."""
        read: dict[int, np.ndarray] = {}
        first = 0
        for array in self.arrays:
            own = [i for i in wanted if first <= i < first + len(array.names)]
            if own:
                columns = array.columns([i - first for i in own], start, stop)
                read.update(zip(own, columns, strict=True))
            first += len(array.names)
        return [read[i] for i in wanted]

    def part(self, start: int, stop: int) -> StoredArray:
        """The arrays, of which only these rows are read."""
        return replace(self, arrays=tuple(array.part(start, stop) for array in self.arrays))


def joined(
    arrays: Sequence[StoredArray], titles: Sequence[str], flat: Sequence[bool]
) -> StoredArray:
    """One array of several; a single one is itself.

    Raises
    ------
    DataError
        They have different numbers of rows.
    """
    if len(arrays) == 1:
        return arrays[0]
    for array in arrays[1:]:
        if array.n_rows != arrays[0].n_rows:
            raise DataError(
                f"{array.name} has {array.n_rows} rows, and {arrays[0].name} has "
                f"{arrays[0].n_rows}",
                "arrays side by side need the same rows",
            )
    return SideBySide(tuple(arrays), tuple(titles), tuple(flat))
