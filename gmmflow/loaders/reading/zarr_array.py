"""An array of a Zarr store, read in ranges of rows if its files are still those that were found."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.reading.arrays import StoredArray, as_they_are, numbered
from gmmflow.loaders.reading.files import system_errors
from gmmflow.loaders.reading.places import Place, Status, place_of, shown
from gmmflow.loaders.reading.selection import Selection


@dataclass(frozen=True)
class ZarrArray(StoredArray):
    """An array (n, D), and what its files were like when the reading was prepared.

    Attributes
    ----------
    path : str
        Its folder.
    shape : (int, int)
    n_dimensions : int
        In the store.
    dtype : str
    block : int
        Rows that are decoded together.
    stored : int
        Rows of which the values are in the same files.
    keys : tuple of tuple of str
        For each such run of rows, its files.
    marks : tuple of str
        For each, what its files were like.
    first : int
        Index of the first run of rows in `keys` and `marks`.
    holes : int
        Files that are not there.
    fill : str
        The value of which they are full.
    """

    path: str
    shape: tuple[int, int]
    n_dimensions: int
    dtype: str
    block: int
    stored: int
    keys: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...]
    first: int = 0
    holes: int = 0
    fill: str = ""

    @property
    def name(self) -> str:
        """Name of the folder."""
        return shown(self.path).rpartition("/")[2]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return numbered(self.shape[1])

    @property
    def n_rows(self) -> int:
        """Rows of the array."""
        return self.shape[0]

    @property
    def n_blocks(self) -> int:
        """Files of which it is made."""
        return sum(map(len, self.keys))

    @property
    def step(self) -> int:
        """Rows that are decoded together."""
        return self.block

    def part(self, start: int, stop: int) -> StoredArray:
        """The array with the files of these rows only: a task need not carry the others."""
        low, high = start // self.stored, -(-stop // self.stored)
        here = slice(low - self.first, high - self.first)
        return replace(self, keys=self.keys[here], marks=self.marks[here], first=low)

    def columns(self, wanted: Sequence[int], start: int, stop: int) -> list[np.ndarray]:
        """Columns (m,) of rows `start` to `stop`."""
        block = self._block(start, stop)
        return [block[:, j] for j in wanted]

    def rows(self, selection: Selection, start: int, stop: int) -> np.ndarray | None:
        """Rows as they are stored, if they are wanted so."""
        if not as_they_are(self.dtype, self.shape[1], selection):
            return None
        return self._block(start, stop)

    def _block(self, start: int, stop: int) -> np.ndarray:
        from zarr import open_array

        try:
            values = np.asarray(open_array(self.path, mode="r")[start:stop])
        except Exception as error:  # codecs have errors of their own
            self._check(start, stop)
            raise DataError(
                f"{shown(self.path)}, rows {start + 1} to {stop}: cannot be decoded: {error}",
                "write it again",
            ) from error
        self._check(start, stop)
        return values.reshape(stop - start, self.shape[1])

    def _check(self, start: int, stop: int) -> None:
        """Raise an error if a file of these rows is no longer as it was found.

        After they were read: files that are the same then were the same before.
        """
        place = place_of(self.path)
        for run in range(start // self.stored, -(-stop // self.stored)):
            keys = self.keys[run - self.first]
            now = mark([_look(place, f"{self.path}/{key}") for key in keys])
            if now != self.marks[run - self.first]:
                low, high = run * self.stored + 1, min((run + 1) * self.stored, self.n_rows)
                raise DataError(
                    f"{shown(self.path)} was changed while it was being used: the size or the "
                    f"time of {keys[0]}{' or its like' * (len(keys) > 1)}, which holds rows "
                    f"{low} to {high}",
                    "run again when nothing else writes to it",
                )


def mark(statuses: Sequence[Status | None]) -> str:
    """What files are like, in a few characters."""
    return hashlib.sha256(repr(list(statuses)).encode()).hexdigest()[:16]


def _look(place: Place, path: str) -> Status | None:
    with system_errors(path), suppress(FileNotFoundError):
        return place.look(path)
    return None
