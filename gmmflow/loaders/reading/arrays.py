"""Stored arrays of numbers, read in ranges of rows: what npy, Zarr and HDF5 share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.base import LoadContext, Source, TableLoader
from gmmflow.loaders.reading.checks import Where, matrix, present
from gmmflow.loaders.reading.chunking import chunk_rows, group
from gmmflow.loaders.reading.labels import encode, name_of, order
from gmmflow.loaders.reading.lazy import Part, Piece, assemble
from gmmflow.loaders.reading.selection import Selection, select
from gmmflow.values.dataset import Dataset

_SPLIT = (
    "the array is stored in blocks of {} rows, larger than `chunk_size`: each chunk decodes a "
    "whole block in every sweep; store it in smaller blocks, or set a larger `chunk_size`"
)
_EMPTY = "check what wrote it"


class StoredArray(ABC):
    """An array (n, D) that can be read in ranges of rows: small and picklable, without numbers."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What messages call it."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Its D columns."""

    @property
    @abstractmethod
    def n_rows(self) -> int:
        """Its n rows."""

    @property
    def step(self) -> int:
        """Rows that are stored, and decoded, together."""
        return 1

    @property
    def lists(self) -> Mapping[str, Sequence[str]]:
        """Names that stand for several columns."""
        return {}

    @abstractmethod
    def columns(self, wanted: Sequence[int], start: int, stop: int) -> list[np.ndarray]:
        """Columns (m,) of rows `start` to `stop`, of the types that are stored."""

    def rows(self, selection: Selection, start: int, stop: int) -> np.ndarray | None:
        """Rows (m, d) where they are stored just as they are wanted: nothing is copied."""
        return None

    def part(self, start: int, stop: int) -> StoredArray:
        """An array of which only these rows are read, by their numbers in this one."""
        return self


def as_they_are(dtype: str, n_columns: int, selection: Selection) -> bool:
    """Whether the rows of a selection are the stored ones: all columns, in the same type."""
    alone = selection.weight is None and selection.label is None
    everything = selection.columns == tuple(range(n_columns))
    return alone and everything and np.dtype(dtype) == np.dtype(selection.dtype)


def load(
    arrays: Sequence[StoredArray], options: TableLoader, context: LoadContext, fingerprint: str,
    said: tuple[str, ...] = (),
) -> Dataset:  # fmt: skip
    """Data set of the rows of several arrays, one after another.

    Parameters
    ----------
    arrays : sequence of StoredArray
    options : TableLoader
    context : LoadContext
    fingerprint : str
        Of the files.
    said : tuple of str
        Notes about them.

    Raises
    ------
    DataError
        A column is not there, or the arrays have other columns.
    """
    selection, notes = _select(arrays, options)
    pieces = _pieces(arrays, selection, (), options.chunk_size)
    classes: tuple[str, ...] = ()
    if selection.label is not None:
        classes = _classes(pieces, selection.label, f"{_where(arrays)}, column {options.labels!r}")
        pieces = _pieces(arrays, selection, classes, options.chunk_size)
    data = assemble(
        pieces,
        selection.names,
        options.dtype,
        in_memory=context.in_memory,
        drops=options.missing == "drop",
        weighted=selection.weight is not None,
        label_names=classes,
        fingerprint=fingerprint,
        notes=(*said, *notes),
    )
    step = max(array.step for array in arrays)
    split = step > chunk_rows(options.chunk_size, len(selection.names), options.dtype)
    if split and not data.in_memory:
        return replace(data, notes=(*data.notes, _SPLIT.format(step)))
    return data


def inspect(
    arrays: Sequence[StoredArray], options: TableLoader, description: str, n_bytes: int,
    fingerprint: str,
) -> Source:  # fmt: skip
    """What `load` would read."""
    selection, _ = _select(arrays, options)
    pieces = _pieces(arrays, selection, (), options.chunk_size)
    return Source(
        description=description,
        n_rows=sum(array.n_rows for array in arrays),
        names=selection.names,
        chunks=tuple(piece.n_rows for piece in pieces),
        n_bytes=n_bytes,
        dtype=options.dtype,
        fingerprint=fingerprint,
    )


def count(arrays: Sequence[StoredArray], what: str) -> str:
    """How many arrays there are, in words: "3 .npy files, (300, 4) in all"."""
    shape = f"({sum(array.n_rows for array in arrays)}, {len(arrays[0].names)})"
    return f"1 {what}, {shape}" if len(arrays) == 1 else f"{len(arrays)} {what}s, {shape} in all"


def checked(name: str, shape: Sequence[int], dtype: np.dtype, save: str) -> tuple[int, int]:
    """Rows and columns of what is stored; an array of one dimension is one column.

    Raises
    ------
    DataError
        It does not hold rows of real numbers; `save` says how to write such.
    """
    if dtype.kind not in "fiub":
        raise DataError(
            f"{name} holds {dtype}, and rows of real numbers are needed",
            f"{save} of floats or integers; tables with text go into CSV or Parquet",
        )
    if len(shape) not in (1, 2):
        raise DataError(
            f"{name} holds an array of shape {tuple(shape)}, and (rows, columns) is needed",
            "reshape it before it is saved",
        )
    return shape[0], shape[1] if len(shape) == 2 else 1


def numbered(n: int) -> tuple[str, ...]:
    """Names of columns without names."""
    return tuple(f"x{j}" for j in range(n))


@dataclass(frozen=True)
class ArrayPiece(Piece):
    """One chunk: ranges of rows of arrays, one after another."""

    ranges: tuple[tuple[StoredArray, int, int], ...]
    selection: Selection
    classes: tuple[str, ...]

    @property
    def n_rows(self) -> int:
        """Rows of the chunk before any is dropped."""
        return sum(stop - start for _, start, stop in self.ranges)

    @property
    def source(self) -> str:
        """Where the rows come from."""
        (first, start, stop), (last, _, end) = self.ranges[0], self.ranges[-1]
        if len(self.ranges) == 1:
            return f"{first.name}, rows {start + 1} to {stop}"
        return f"{first.name}, row {start + 1} to {last.name}, row {end}"

    def read(self) -> Part:
        """Read and check the rows."""
        parts = [self._range(*each) for each in self.ranges]
        return parts[0] if len(parts) == 1 else Part.together(parts)

    def names_in(self, label: int) -> set[str]:
        """Classes that occur in the column of labels."""
        found: set[str] = set()
        for array, start, stop in self.ranges:
            (column,) = array.columns((label,), start, stop)
            found.update(name for v in np.unique(column) if (name := name_of(v)) is not None)
        return found

    def _range(self, array: StoredArray, start: int, stop: int) -> Part:
        chosen, where = self.selection, Where(array.name, start + 1)
        rows = array.rows(chosen, start, stop)
        if rows is not None:
            return Part(rows).keep(present(rows, chosen.names, where, missing=chosen.missing))
        at = dict(zip(chosen.read, array.columns(chosen.read, start, stop), strict=True))
        shape = (stop - start, len(chosen.columns))
        rows = matrix([at[i] for i in chosen.columns], np.empty(shape, chosen.dtype))
        weight = None if chosen.weight is None else at[chosen.weight].astype(np.float64)
        labels = None
        if chosen.label is not None:
            values, inverse = np.unique(at[chosen.label], return_inverse=True)
            labels = encode(values.tolist(), inverse, self.classes)
        kept = present(rows, chosen.names, where, weight, chosen.weight_name, chosen.missing)
        return Part(rows, weight, labels).keep(kept)


def _select(
    arrays: Sequence[StoredArray], options: TableLoader
) -> tuple[Selection, tuple[str, ...]]:
    first = arrays[0]
    for array in arrays[1:]:
        if array.names != first.names:
            raise DataError(
                f"{array.name} has {_columns(array)}, and {first.name} has {_columns(first)}",
                "read arrays of the same columns only",
            )
    n_rows = sum(array.n_rows for array in arrays)
    if not n_rows or not first.names:
        shape = (n_rows, len(first.names))
        raise DataError(f"{_where(arrays)} holds no rows: its shape is {shape}", _EMPTY)
    return select(options, first.names, [True] * len(first.names), _where(arrays), first.lists)


def _columns(array: StoredArray) -> str:
    n = len(array.names)
    return f"{n} column{'s' * (n > 1)} ({array.names[0]}{', ...' * (n > 1)})"


def _where(arrays: Sequence[StoredArray]) -> str:
    more = f" and {len(arrays) - 1} more" if len(arrays) > 1 else ""
    return arrays[0].name + more


def _pieces(
    arrays: Sequence[StoredArray], selection: Selection, classes: tuple[str, ...], chunk_size: int
) -> list[ArrayPiece]:
    size = chunk_rows(chunk_size, len(selection.names), selection.dtype)
    step = max(array.step for array in arrays)
    size = size // step * step if step < size else size
    return [
        ArrayPiece(
            tuple((arrays[i].part(start, stop), start, stop) for i, start, stop in chunk),
            selection,
            classes,
        )
        for chunk in group([array.n_rows for array in arrays], size)
    ]


def _classes(pieces: Sequence[ArrayPiece], label: int, where: str) -> tuple[str, ...]:
    """Names of the classes, from one pass over the column of labels."""
    return order(set().union(*(piece.names_in(label) for piece in pieces)), where)
