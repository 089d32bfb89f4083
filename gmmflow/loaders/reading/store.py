"""Rows that arrive one after another: in memory up to a limit, in a scratch folder beyond it.

Text is parsed once. What does not fit is kept as plain float64 or float32 rows in files, of
which any range of rows can be read again at the speed of the disk.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from gmmflow.errors import DataError, OutputError, StorageError
from gmmflow.loaders.reading.lazy import ALL_ZERO, NOTHING_LEFT, Part, Piece, read_later
from gmmflow.values.dataset import Dataset


class Scratch:
    """A folder that is deleted when the last reader of it in this process is gone, or at exit.

    Copies in other processes know the path and delete nothing.
    """

    def __init__(self, folder: str | None, *, path: str | None = None) -> None:
        if path is not None:
            self.path = path
            return
        try:
            self.path = tempfile.mkdtemp(prefix="gmmflow-", dir=folder)
        except OSError as error:
            raise OutputError(
                f"cannot create a scratch folder in {folder or tempfile.gettempdir()}: "
                f"{error.strerror}",
                "set `scratch:` to a folder that can be written and has room for the rows",
            ) from error
        weakref.finalize(self, _remove, self.path, os.getpid())

    def __reduce__(self) -> tuple[Any, ...]:
        return _copy, (self.path,)

    def __repr__(self) -> str:
        return f"Scratch({self.path!r})"

    def file(self, name: str) -> Path:
        """Path of a file in the folder."""
        return Path(self.path) / name


def _copy(path: str) -> Scratch:
    return Scratch(None, path=path)


def _remove(path: str, owner: int) -> None:
    # A forked child runs the finalizers of its parent too.
    if os.getpid() == owner:
        shutil.rmtree(path, ignore_errors=True)


class Column:
    """Values of one kind, appended; in memory until `spill` moves them into a file."""

    def __init__(self, name: str, dtype: str, width: int) -> None:
        self.name, self.dtype, self.width = name, np.dtype(dtype), width
        self._stream: BytesIO | BinaryIO = BytesIO()

    def append(self, values: np.ndarray) -> None:
        """Add values (m, width)."""
        if len(values):
            self._stream.write(np.ascontiguousarray(values, self.dtype).data.cast("B"))

    def spill(self, scratch: Scratch) -> None:
        """Move the values into a file, where further ones go too."""
        held = self._stream
        assert isinstance(held, BytesIO)
        self._stream = open(scratch.file(self.name), "wb")  # noqa: SIM115 - closed by `close`
        self._stream.write(held.getbuffer())

    def close(self) -> None:
        """Finish the file."""
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
        Rows that take more bytes than this as float64 go to the scratch folder.
    folder : str or None
        Where to make the scratch folder.
    """

    def __init__(
        self, n_features: int, dtype: str, weighted: bool, labelled: bool, in_memory: int,
        folder: str | None,
    ) -> None:  # fmt: skip
        self.n_rows = 0
        self.scratch: Scratch | None = None
        self._any_weight = False
        self._limit = in_memory // (8 * n_features)
        self._folder = folder
        self._rows = Column("rows", dtype, n_features)
        self._weight = Column("sample_weight", "float64", 1) if weighted else None
        self._labels = Column("labels", "int32", 1) if labelled else None

    @property
    def columns(self) -> list[Column]:
        """What is kept: rows, and weights and labels if there are any."""
        return [c for c in (self._rows, self._weight, self._labels) if c is not None]

    def append(self, part: Part) -> None:
        """Add rows.

        Raises
        ------
        StorageError
            The disk is full.
        """
        self.n_rows += len(part.rows)
        self._any_weight = self._any_weight or bool(np.any(part.sample_weight))
        try:
            if self.scratch is None and self.n_rows > self._limit:
                self.scratch = Scratch(self._folder)
                for column in self.columns:
                    column.spill(self.scratch)
            for column, values in zip(
                self.columns,
                [v for v in (part.rows, part.sample_weight, part.labels) if v is not None],
                strict=True,
            ):
                column.append(values)
        except OSError as error:
            raise self._full(error) from error

    def dataset(
        self, sizes: tuple[int, ...], *, names: tuple[str, ...], recode: np.ndarray,
        label_names: tuple[str, ...], fingerprint: str, notes: tuple[str, ...],
    ) -> Dataset:  # fmt: skip
        """The rows in chunks of the given sizes; labels are mapped by `recode`.

        Raises
        ------
        DataError
            No row was kept, or all weights are zero.
        """
        if not sizes:
            raise DataError(NOTHING_LEFT, "choose other `columns:`")
        if self._weight is not None and not self._any_weight:
            raise DataError(ALL_ZERO, "at least one row must count")
        starts = list(accumulate(sizes, initial=0))
        source = tuple(f"rows {a + 1} to {b}" for a, b in pairwise(starts))
        if self.scratch is not None:
            pieces = [
                ScratchPiece(
                    self.scratch, a, b, len(names), self._rows.dtype.str,
                    self._weight is not None, tuple(recode.tolist()) if self._labels else (),
                )
                for a, b in pairwise(starts)
            ]  # fmt: skip
            rows, weight, labels = read_later(
                pieces, sizes, len(names), self._rows.dtype.str, self._weight is not None,
                self._labels is not None, fingerprint,
            )  # fmt: skip
        else:
            rows = self._rows.values()
            weight = None if self._weight is None else self._weight.values()[:, 0]
            labels = None if self._labels is None else recode[self._labels.values()[:, 0]]
        return Dataset(rows, names, sizes, weight, labels, label_names, source, fingerprint, notes)

    def __enter__(self) -> RowStore:
        return self

    def __exit__(self, *_: object) -> None:
        if self.scratch is not None:
            try:
                for column in self.columns:
                    column.close()
            except OSError as error:
                raise self._full(error) from error

    def _full(self, error: OSError) -> StorageError:
        return StorageError(
            f"cannot write the rows to {self.scratch and self.scratch.path}: {error.strerror}",
            "set `scratch:` to a folder with room, or allow more memory with `run: {memory: ...}`",
        )


@dataclass(frozen=True)
class ScratchPiece(Piece):
    """Rows `start` to `stop` of what a `RowStore` wrote."""

    scratch: Scratch
    start: int
    stop: int
    n_features: int
    dtype: str
    weighted: bool
    recode: tuple[int, ...]

    @property
    def n_rows(self) -> int:
        """Rows of the chunk before any is dropped."""
        return self.stop - self.start

    @property
    def source(self) -> str:
        """The numbers of the rows."""
        return f"rows {self.start + 1} to {self.stop}"

    def read(self) -> Part:
        """Read the rows."""
        rows = self._numbers("rows", self.dtype, self.n_features)
        weight = self._numbers("sample_weight", "float64", 1)[:, 0] if self.weighted else None
        labels = None
        if self.recode:
            codes = self._numbers("labels", "int32", 1)[:, 0]
            labels = np.asarray(self.recode, np.int32)[codes]
        return Part(rows, weight, labels)

    def _numbers(self, name: str, dtype: str, width: int) -> np.ndarray:
        path = self.scratch.file(name)
        itemsize = np.dtype(dtype).itemsize * width
        try:
            values = np.fromfile(path, dtype, self.n_rows * width, offset=self.start * itemsize)
        except OSError as error:
            raise StorageError(
                f"cannot read the scratch file {path}: {error.strerror}",
                "set `scratch:` to a folder that every worker sees",
            ) from error
        return values.reshape(self.n_rows, width)
