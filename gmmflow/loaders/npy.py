"""`npy`: one array in NumPy's own format, rows of numbers, read in ranges of rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import BinaryIO, Literal

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.base import LoadContext, Source, TableLoader
from gmmflow.loaders.reading.checks import Where, matrix, present
from gmmflow.loaders.reading.chunking import chunk_rows, cut
from gmmflow.loaders.reading.files import SourceFile, find, fingerprint
from gmmflow.loaders.reading.labels import encode, name_of, order
from gmmflow.loaders.reading.lazy import Part, Piece, assemble
from gmmflow.loaders.reading.selection import Selection, select
from gmmflow.stage import Field
from gmmflow.values.dataset import Dataset


class Npy(TableLoader):
    """An array (n, d) or (n,) in a .npy file; its columns are called x0, x1, ..."""

    type: Literal["npy"] = "npy"
    path: str = Field(
        description="The file, relative to the config's folder.", examples=["points.npy"]
    )

    def load(self, context: LoadContext) -> Dataset:
        """Read the data, or prepare to read them chunk by chunk."""
        array, selection, sizes, notes = self._plan(context)
        classes: tuple[str, ...] = ()
        if selection.label is not None:
            classes = _classes(array, selection.label, sizes)
        return assemble(
            _pieces(array, selection, classes, sizes),
            selection.names,
            self.dtype,
            in_memory=context.in_memory,
            drops=self.missing == "drop",
            weighted=selection.weight is not None,
            label_names=classes,
            fingerprint=fingerprint([array.file]),
            notes=notes,
        )

    def inspect(self, context: LoadContext) -> Source:
        """What `load` would read."""
        array, selection, sizes, _ = self._plan(context)
        order = "Fortran" if array.fortran else "C"
        return Source(
            description=f"{array.file.name}, {array.shape} {array.dtype} in {order} order",
            n_rows=array.shape[0],
            names=selection.names,
            chunks=sizes,
            n_bytes=array.file.size,
            dtype=self.dtype,
            fingerprint=fingerprint([array.file]),
        )

    def _plan(
        self, context: LoadContext
    ) -> tuple[ArrayFile, Selection, tuple[int, ...], tuple[str, ...]]:
        (file,) = find(self.path, context)
        array = read_header(file)
        names = [f"x{j}" for j in range(array.shape[1])]
        selection, notes = select(self, names, [True] * len(names), file.name)
        size = chunk_rows(self.chunk_size, len(selection.names), self.dtype)
        return array, selection, cut(array.shape[0], size), notes


@dataclass(frozen=True)
class ArrayFile:
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

    def columns(self, wanted: tuple[int, ...], start: int, stop: int) -> list[np.ndarray]:
        """Columns (m,) of rows `start` to `stop`, of the type in the file."""
        if not self.fortran:
            block = self.block(start, stop)
            return [block[:, j] for j in wanted]
        n_rows = self.shape[0]
        with self.file.open() as stream:
            return [self._numbers(stream, j * n_rows + start, stop - start) for j in wanted]

    def block(self, start: int, stop: int) -> np.ndarray:
        """All columns of rows `start` to `stop`, (m, D), of an array stored row after row."""
        d = self.shape[1]
        with self.file.open() as stream:
            return self._numbers(stream, start * d, (stop - start) * d).reshape(-1, d)

    def holds(self, selection: Selection) -> bool:
        """Whether the rows stand in the file as they are wanted: nothing needs to be copied."""
        everything = tuple(range(self.shape[1]))
        stored = np.dtype(self.dtype) == np.dtype(selection.dtype)
        alone = selection.weight is None and selection.label is None
        return stored and alone and not self.fortran and selection.columns == everything

    def _numbers(self, stream: BinaryIO, first: int, count: int) -> np.ndarray:
        values = np.empty(count, self.dtype)
        view = values.data.cast("B")
        stream.seek(self.offset + first * values.itemsize)
        while len(view):
            got = stream.readinto(view)  # type: ignore[attr-defined]
            if not got:
                raise DataError(f"{self.file.path} ended early", "write it again")
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
                f"{file.path} is not a .npy file of numbers", "write it with numpy.save"
            ) from error
        offset = stream.tell()
    if dtype.kind not in "fiub":
        raise DataError(
            f"{file.path} holds {dtype}, and rows of real numbers are needed",
            "save an array of floats or integers; tables with text go into CSV or Parquet",
        )
    if len(shape) not in (1, 2):
        raise DataError(
            f"{file.path} holds an array of shape {shape}, and (rows, columns) is needed",
            "reshape it before numpy.save",
        )
    if file.size < offset + math.prod(shape) * dtype.itemsize:
        raise DataError(
            f"{file.path} is cut short: {file.size} bytes, and its header promises "
            f"{offset + math.prod(shape) * dtype.itemsize}",
            "write it again",
        )
    if not math.prod(shape):
        raise DataError(f"{file.path} holds no rows: its shape is {shape}", "check what wrote it")
    columns = shape[1] if len(shape) == 2 else 1
    return ArrayFile(file, offset, (shape[0], columns), dtype.str, fortran)


@dataclass(frozen=True)
class NpyPiece(Piece):
    """Rows `start` to `stop` of an array file."""

    array: ArrayFile
    selection: Selection
    classes: tuple[str, ...]
    start: int
    stop: int

    @property
    def n_rows(self) -> int:
        """Rows of the chunk before any is dropped."""
        return self.stop - self.start

    @property
    def source(self) -> str:
        """Where the rows come from."""
        return f"{self.array.file.name}, rows {self.start + 1} to {self.stop}"

    def read(self) -> Part:
        """Read and check the rows."""
        chosen = self.selection
        where = Where(self.array.file.name, self.start + 1)
        if self.array.holds(chosen):
            rows = self.array.block(self.start, self.stop)
            return Part(rows).keep(present(rows, chosen.names, where, missing=chosen.missing))
        columns = self.array.columns(chosen.read, self.start, self.stop)
        at = dict(zip(chosen.read, columns, strict=True))
        rows = matrix(
            [at[i] for i in chosen.columns],
            np.empty((self.n_rows, len(chosen.columns)), chosen.dtype),
        )
        weight = None if chosen.weight is None else at[chosen.weight].astype(np.float64)
        labels = None
        if chosen.label is not None:
            values, inverse = np.unique(at[chosen.label], return_inverse=True)
            labels = encode(values.tolist(), inverse, self.classes)
        kept = present(rows, chosen.names, where, weight, chosen.weight_name, chosen.missing)
        return Part(rows, weight, labels).keep(kept)


def _pieces(
    array: ArrayFile, selection: Selection, classes: tuple[str, ...], sizes: tuple[int, ...]
) -> list[NpyPiece]:
    pieces, start = [], 0
    for size in sizes:
        pieces.append(NpyPiece(array, selection, classes, start, start + size))
        start += size
    return pieces


def _classes(array: ArrayFile, label: int, sizes: tuple[int, ...]) -> tuple[str, ...]:
    """Names of the classes, from one pass over the rows."""
    found: set[str] = set()
    start = 0
    for size in sizes:
        (column,) = array.columns((label,), start, start + size)
        found.update(name for v in np.unique(column) if (name := name_of(v)) is not None)
        start += size
    return order(found, f"{array.file.name}, column x{label}")
