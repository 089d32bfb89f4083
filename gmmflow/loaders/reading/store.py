"""Rows that arrive one after another: in memory up to a limit, in a folder beyond it.

Text is parsed once. What does not fit is kept as plain float64 or float32 rows in files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import accumulate, pairwise
from typing import BinaryIO

import numpy as np

from gmmflow.errors import StorageError
from gmmflow.loaders.reading.folders import Folder
from gmmflow.loaders.reading.lazy import Part, assemble
from gmmflow.loaders.reading.stored_rows import LABELS, ROWS, WEIGHTS, StoredRows, source
from gmmflow.values.dataset import Dataset


class Column:
    """Values of one kind, appended; in memory until `spill` moves them into a file."""

    def __init__(self, name: str, dtype: str, width: int) -> None:
        self.name, self.dtype, self.width = name, np.dtype(dtype), width
        self._stream: BytesIO | BinaryIO = BytesIO()

    def append(self, values: np.ndarray) -> None:
        """Add values (m, width)."""
        if len(values):
            self._stream.write(np.ascontiguousarray(values, self.dtype).data.cast("B"))

    def spill(self, folder: Folder) -> None:
        """Move the values into a file, where further ones go too."""
        held = self._stream
        assert isinstance(held, BytesIO)
        self._stream = open(folder.file(self.name), "wb")  # noqa: SIM115 - closed by `close`
        self._stream.write(held.getbuffer())

    def close(self, durable: bool) -> None:
        """Finish the file."""
        self._stream.flush()
        if durable and not isinstance(self._stream, BytesIO):
            os.fsync(self._stream.fileno())
        self._stream.close()

    def values(self) -> np.ndarray:
        """The values (n, width) in memory, without a copy."""
        assert isinstance(self._stream, BytesIO)
        return np.frombuffer(self._stream.getbuffer(), self.dtype).reshape(-1, self.width)


class RowStore:
    """Rows, weights and labels that arrive in order. Leaving it closes its files.

    Parameters
    ----------
    n_features : int
    dtype : str
    weighted, labelled : bool
    in_memory : int
        Rows that take more bytes than this as float64 go to a folder; all of them if negative.
    folder : callable
        Makes that folder.
    durable : bool
        Whether files must outlive a crash of the machine.
    largest : int or None
        Bytes that the folder may hold.
    """

    def __init__(
        self, n_features: int, dtype: str, weighted: bool, labelled: bool, in_memory: int,
        folder: Callable[[], Folder], *, durable: bool = False, largest: int | None = None,
    ) -> None:  # fmt: skip
        self.n_rows = 0
        self.folder: Folder | None = None
        self.any_weight = False
        self._limit = in_memory // (8 * n_features)
        self._make, self._durable, self._largest = folder, durable, largest
        self._rows = Column(ROWS, dtype, n_features)
        self._weight = Column(WEIGHTS, "float64", 1) if weighted else None
        self._labels = Column(LABELS, "int32", 1) if labelled else None

    @property
    def columns(self) -> list[Column]:
        """What is kept: rows, and weights and labels if there are any."""
        return [c for c in (self._rows, self._weight, self._labels) if c is not None]

    def append(self, part: Part) -> None:
        """Add rows.

        Raises
        ------
        StorageError
            The disk is full, or the rows take more than the folder may hold.
        """
        self.n_rows += len(part.rows)
        self.any_weight = self.any_weight or bool(np.any(part.sample_weight))
        try:
            if self.folder is None and self.n_rows > self._limit:
                self.folder = self._make()
                for column in self.columns:
                    column.spill(self.folder)
            for column, values in zip(
                self.columns,
                [v for v in (part.rows, part.sample_weight, part.labels) if v is not None],
                strict=True,
            ):
                column.append(values)
        except OSError as error:
            raise self._full(error) from error
        if self._largest is not None and self._n_bytes() > self._largest:
            raise StorageError(
                f"the rows take more than the {self._largest} bytes that `cache_size` allows",
                "set a larger `cache_size`, or leave `cache` out",
            )

    def stored(self) -> StoredRows | None:
        """Where the rows are, if they are in a folder."""
        if self.folder is None:
            return None
        return StoredRows(
            self.folder, self.n_rows, self._rows.width, self._rows.dtype.str,
            self._weight is not None, self._labels is not None,
        )  # fmt: skip

    def dataset(
        self, sizes: Sequence[int], names: tuple[str, ...], recode: np.ndarray,
        label_names: tuple[str, ...], fingerprint: str, notes: tuple[str, ...],
    ) -> Dataset:  # fmt: skip
        """The rows in chunks of the given sizes; labels are mapped by `recode`."""
        if (stored := self.stored()) is not None:
            return assemble(
                stored.pieces(sizes, recode), names, stored.dtype, in_memory=-1,
                weighted=stored.weighted, label_names=label_names, fingerprint=fingerprint,
                notes=notes,
            )  # fmt: skip
        weight = None if self._weight is None else self._weight.values()[:, 0]
        labels = None if self._labels is None else recode[self._labels.values()[:, 0]]
        where = tuple(source(a, b) for a, b in pairwise(accumulate(sizes, initial=0)))
        return Dataset(
            self._rows.values(), names, tuple(sizes), weight, labels, label_names, where,
            fingerprint, notes,
        )  # fmt: skip

    def _n_bytes(self) -> int:
        return self.n_rows * sum(c.dtype.itemsize * c.width for c in self.columns)

    def __enter__(self) -> RowStore:
        return self

    def __exit__(self, *_: object) -> None:
        if self.folder is not None:
            try:
                for column in self.columns:
                    column.close(self._durable)
            except OSError as error:
                raise self._full(error) from error

    def _full(self, error: OSError) -> StorageError:
        return StorageError(
            f"cannot write the rows to {self.folder and self.folder.path}: {error.strerror}",
            "set `scratch:` or `cache:` to a folder with room, or allow more memory with "
            "`run: {memory: ...}`",
        )
