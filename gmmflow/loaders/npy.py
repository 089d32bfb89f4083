"""`npy`: arrays in NumPy's own format, rows of numbers, read in ranges of rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.base import LoadContext, Source, TableLoader
from gmmflow.loaders.reading.arrays import (
    StoredArray,
    as_they_are,
    checked,
    count,
    inspect,
    load,
    numbered,
)
from gmmflow.loaders.reading.files import SourceFile, find
from gmmflow.loaders.reading.fingerprint import fingerprint
from gmmflow.loaders.reading.npy_stack import refuse_other_axis
from gmmflow.loaders.reading.selection import Selection
from gmmflow.stage import Field
from gmmflow.values.dataset import Dataset


class Npy(TableLoader):
    """Arrays (n, d) or (n,) in .npy files, one after another; columns are called x0, x1, ..."""

    type: Literal["npy"] = "npy"
    path: str | tuple[str, ...] = Field(
        description="File, glob, folder (of .npy files, or that Dask's to_npy_stack wrote), URL, "
        "or a list of these; relative to the config's folder.",
        examples=["points.npy", "parts/*.npy"],
    )

    def load(self, context: LoadContext) -> Dataset:
        """Read the data, or prepare to read them chunk by chunk."""
        files, arrays = self._arrays(context)
        return load(arrays, self, context, fingerprint(files))

    def inspect(self, context: LoadContext) -> Source:
        """What `load` would read."""
        files, arrays = self._arrays(context)
        order = "Fortran" if arrays[0].fortran else "C"
        described = f"{count(arrays, '.npy file')}, {arrays[0].dtype} in {order} order"
        n_bytes = sum(file.size for file in files)
        return inspect(arrays, self, described, n_bytes, fingerprint(files))

    def _arrays(self, context: LoadContext) -> tuple[tuple[SourceFile, ...], list[ArrayFile]]:
        files = find(self.path, context, below=r".*\.npy", kind=".npy")
        refuse_other_axis(self.path, context)
        return files, [read_header(file) for file in files]


@dataclass(frozen=True)
class ArrayFile(StoredArray):
    """An array (n, D) in a file, from its header.

    Attributes
    ----------
    file : SourceFile
    offset : int
        Bytes before the numbers.
    shape : (int, int)
    dtype : str
    fortran : bool
        Stored column after column.
    """

    file: SourceFile
    offset: int
    shape: tuple[int, int]
    dtype: str
    fortran: bool

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.file.name

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return numbered(self.shape[1])

    @property
    def n_rows(self) -> int:
        """Rows of the array."""
        return self.shape[0]

    def columns(self, wanted: Sequence[int], start: int, stop: int) -> list[np.ndarray]:
        """Columns (m,) of rows `start` to `stop`, of the type in the file."""
        if not self.fortran:
            block = self._block(start, stop)
            return [block[:, j] for j in wanted]
        with self.file.open() as stream:
            return [self._numbers(stream, j * self.n_rows + start, stop - start) for j in wanted]

    def rows(self, selection: Selection, start: int, stop: int) -> np.ndarray | None:
        """Rows as they stand in the file, if they are wanted so."""
        if self.fortran or not as_they_are(self.dtype, self.shape[1], selection):
            return None
        return self._block(start, stop)

    def _block(self, start: int, stop: int) -> np.ndarray:
        d = self.shape[1]
        with self.file.open() as stream:
            return self._numbers(stream, start * d, (stop - start) * d).reshape(-1, d)

    def _numbers(self, stream: BinaryIO, first: int, count: int) -> np.ndarray:
        values = np.empty(count, self.dtype)
        view = values.data.cast("B")
        stream.seek(self.offset + first * values.itemsize)
        while len(view):
            got = stream.readinto(view)  # type: ignore[attr-defined]
            if not got:
                raise DataError(f"{self.file} ended early", "write it again")
            view = view[got:]
        return values


def read_header(file: SourceFile) -> ArrayFile:
    """Shape and type of the array in a file.

    Raises
    ------
    DataError
        The file is no .npy file, is cut short, or does not hold rows of real numbers.
    """
    from numpy.lib import format as npy

    readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    with file.open() as stream:
        try:
            shape, fortran, dtype = readers[npy.read_magic(stream)](stream)
        except (ValueError, KeyError) as error:
            raise DataError(
                f"{file} is not a .npy file of numbers", "write it with numpy.save"
            ) from error
        offset = stream.tell()
    n_rows, n_columns = checked(str(file), shape, dtype, "save an array")
    if file.size < offset + math.prod(shape) * dtype.itemsize:
        raise DataError(
            f"{file} is cut short: {file.size} bytes, and its header promises "
            f"{offset + math.prod(shape) * dtype.itemsize}",
            "write it again",
        )
    return ArrayFile(file, offset, (n_rows, n_columns), dtype.str, fortran)
