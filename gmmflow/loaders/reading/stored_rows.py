"""Rows in a folder of plain numbers, of which any range is read at the speed of the disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from gmmflow.errors import DataError, StorageError, unreadable
from gmmflow.loaders.reading.folders import Folder
from gmmflow.loaders.reading.lazy import Part, Piece

#: Files of a folder, the type of their numbers (None: that of the rows).
ROWS, WEIGHTS, LABELS = "rows", "sample_weight", "labels"
_SEEN_BY_ALL = "set `scratch:` or `cache:` to a folder that every worker sees"


@dataclass(frozen=True)
class StoredRows:
    """What a folder holds.

    Attributes
    ----------
    folder : Folder
    n_rows, n_features : int
    dtype : str
        Of the rows; weights are float64, labels int32.
    weighted, labelled : bool
    """

    folder: Folder
    n_rows: int
    n_features: int
    dtype: str
    weighted: bool
    labelled: bool

    def pieces(self, sizes: Sequence[int], recode: np.ndarray) -> list[StoredPiece]:
        """Chunks of the given sizes; labels are mapped by `recode`."""
        codes = tuple(recode.tolist()) if self.labelled else ()
        starts = accumulate(sizes, initial=0)
        return [StoredPiece(self, a, b, codes) for a, b in pairwise(starts)]

    def numbers(self, name: str, start: int, stop: int) -> np.ndarray:
        """Values (stop - start, width) of one of the files."""
        dtype, width = self.shape_of(name)
        itemsize = np.dtype(dtype).itemsize * width
        path = self.folder.file(name)
        try:
            values = np.fromfile(path, dtype, (stop - start) * width, offset=start * itemsize)
        except FileNotFoundError as error:
            raise StorageError(f"the scratch file {path} is not there", _SEEN_BY_ALL) from error
        except OSError as error:
            raise unreadable(path, error) from error
        if len(values) < (stop - start) * width:
            raise DataError(f"{path} was cut short while it was being used", "run again")
        return values.reshape(-1, width)

    def shape_of(self, name: str) -> tuple[str, int]:
        """Type and number of the values of a row in one of the files."""
        return {
            ROWS: (self.dtype, self.n_features), WEIGHTS: ("float64", 1), LABELS: ("int32", 1),
        }[name]  # fmt: skip

    def bytes_of(self) -> dict[str, int]:
        """Bytes of each file."""
        names = [ROWS] + [WEIGHTS] * self.weighted + [LABELS] * self.labelled
        return {
            name: self.n_rows * np.dtype(dtype).itemsize * width
            for name, (dtype, width) in ((name, self.shape_of(name)) for name in names)
        }


@dataclass(frozen=True)
class StoredPiece(Piece):
    """Rows `start` to `stop` of a folder."""

    stored: StoredRows
    start: int
    stop: int
    recode: tuple[int, ...]

    @property
    def n_rows(self) -> int:
        """Rows of the chunk."""
        return self.stop - self.start

    @property
    def source(self) -> str:
        """The numbers of the rows."""
        return source(self.start, self.stop)

    def read(self) -> Part:
        """Read the rows."""
        stored, at = self.stored, (self.start, self.stop)
        weight = stored.numbers(WEIGHTS, *at)[:, 0] if stored.weighted else None
        labels = None
        if stored.labelled:
            codes = stored.numbers(LABELS, *at)[:, 0]
            labels = np.asarray(self.recode, np.int32)[codes]
        return Part(stored.numbers(ROWS, *at), weight, labels)


def source(start: int, stop: int) -> str:
    """Rows of text files, which are counted over all files."""
    return f"rows {start + 1} to {stop}"
