"""From pieces that can be read to a `Dataset`: all rows now, or each chunk when it is needed.

A loader describes its chunks as `Piece` values: small, picklable, with a path and a range of
rows, never with data or open files. Both ways read the same pieces, so both give the same rows
in the same chunks.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from gmmflow.errors import DataError
from gmmflow.values.dataset import Dataset

NOTHING_LEFT = "no row is left: every row lacks a value"
ALL_ZERO = "all row weights are zero"


@dataclass(frozen=True)
class Part:
    """What was read of one piece: checked rows, with rows that lack a value already dropped.

    Attributes
    ----------
    rows : (m, d) float64 or float32
    sample_weight : (m,) float64, optional
    labels : (m,) int32, optional
    """

    rows: np.ndarray
    sample_weight: np.ndarray | None = None
    labels: np.ndarray | None = None

    def keep(self, mask: np.ndarray | None) -> Part:
        """Rows of a mask (m,); all of them if it is None."""
        if mask is None:
            return self
        return Part(
            self.rows[mask],
            None if self.sample_weight is None else self.sample_weight[mask],
            None if self.labels is None else self.labels[mask],
        )

    @classmethod
    def together(cls, parts: Sequence[Part]) -> Part:
        """Rows of several parts, one after another."""

        def join(arrays: list[np.ndarray]) -> np.ndarray | None:
            return np.concatenate(arrays) if arrays else None

        return cls(
            np.concatenate([p.rows for p in parts]),
            join([p.sample_weight for p in parts if p.sample_weight is not None]),
            join([p.labels for p in parts if p.labels is not None]),
        )


class Piece(ABC):
    """One chunk that can be read, any number of times, in any process."""

    @property
    @abstractmethod
    def n_rows(self) -> int:
        """Rows of the chunk before any is dropped."""

    @property
    @abstractmethod
    def source(self) -> str:
        """Where the rows come from, for messages."""

    @abstractmethod
    def read(self) -> Part:
        """Read and check the rows."""


P = TypeVar("P", bound=Piece)


def one_by_one(pieces: Sequence[Piece]) -> Iterator[Part]:
    """All pieces, each read on its own."""
    return (piece.read() for piece in pieces)


def assemble(
    pieces: Sequence[P],
    names: tuple[str, ...],
    dtype: str,
    *,
    in_memory: int,
    drops: bool = False,
    weighted: bool = False,
    label_names: tuple[str, ...] = (),
    fingerprint: str = "",
    notes: tuple[str, ...] = (),
    in_turn: Callable[[Sequence[P]], Iterator[Part]] = one_by_one,
) -> Dataset:
    """Dataset of all pieces.

    Parameters
    ----------
    pieces : sequence of Piece
    names : tuple of str
        The d columns.
    dtype : str
        Of the rows.
    in_memory : int
        Rows that take at most this many bytes as float64 are read now.
    drops : bool
        Reading may drop rows, so only reading tells how many there are.
    weighted : bool
        Rows have weights.
    label_names : tuple of str
        Classes; not empty if rows have labels.
    fingerprint : str
    notes : tuple of str
    in_turn : callable
        Reads all pieces in their order, if there is a better way than one by one.
    """
    n_found = sum(piece.n_rows for piece in pieces)
    if n_found * len(names) * 8 <= in_memory:
        rows, weight, labels, sizes = _read_now(
            in_turn(pieces), n_found, len(names), dtype, weighted, bool(label_names)
        )
    else:
        sizes = [piece.n_rows for piece in pieces]
        if drops:
            sizes = [len(part.rows) for part in in_turn(pieces)]
        if not any(sizes):
            raise DataError(NOTHING_LEFT, "choose other `columns:`")
        pieces_kept = [piece for piece, size in zip(pieces, sizes, strict=True) if size]
        rows, weight, labels = read_later(
            pieces_kept, [s for s in sizes if s], len(names), dtype, weighted, bool(label_names),
            fingerprint,
        )  # fmt: skip
    n_kept = sum(sizes)
    if n_kept < n_found:
        notes = (*notes, dropped_note(n_found - n_kept, n_found))
    if not n_kept:
        raise DataError(NOTHING_LEFT, "choose other `columns:`")
    refuse_all_zero(weight)
    return Dataset(
        rows=rows,
        names=names,
        chunks=tuple(size for size in sizes if size),
        sample_weight=weight,
        labels=labels,
        label_names=label_names,
        source=tuple(p.source for p, size in zip(pieces, sizes, strict=True) if size),
        fingerprint=fingerprint,
        notes=notes,
    )


def dropped_note(dropped: int, total: int) -> str:
    """What `missing: drop` did, in words."""
    were = "was" if dropped == 1 else "were"
    return f"{dropped} of {total} rows {were} left out because a value is missing"


def refuse_all_zero(weight: Any) -> None:
    """Weights in memory that are all zero leave nothing to fit."""
    if isinstance(weight, np.ndarray) and not weight.any():
        raise DataError(ALL_ZERO, "at least one row must count")


def _read_now(
    parts: Iterator[Part], n_rows: int, d: int, dtype: str, weighted: bool, labelled: bool
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None, list[int]]:
    rows = np.empty((n_rows, d), dtype)
    weight = np.empty(n_rows) if weighted else None
    labels = np.empty(n_rows, np.int32) if labelled else None
    sizes, first = [], 0
    for part in parts:
        at = slice(first, first + len(part.rows))
        rows[at] = part.rows
        if weight is not None:
            weight[at] = part.sample_weight
        if labels is not None:
            assert part.labels is not None
            labels[at] = part.labels
        sizes.append(len(part.rows))
        first = at.stop
    return (
        rows[:first],
        None if weight is None else weight[:first],
        None if labels is None else labels[:first],
        sizes,
    )


def read_later(
    pieces: Sequence[Piece], sizes: Sequence[int], d: int, dtype: str, weighted: bool,
    labelled: bool, fingerprint: str,
) -> tuple[Any, Any, Any]:  # fmt: skip
    """Dask arrays that share one task of reading a chunk.

    The graph is written down directly: `from_delayed` needs 500 times as long (4 s for 10,000
    chunks), and so does what Dask then does to optimise it.
    """
    import dask.array as da
    from dask.highlevelgraph import HighLevelGraph

    # Keys are the same whenever the same data are loaded in the same way.
    token = hashlib.sha256(repr((fingerprint, pieces, dtype)).encode()).hexdigest()[:16]
    read = f"read-{token}"
    reading: dict[Any, Any] = {(read, i): (_read, piece) for i, piece in enumerate(pieces)}

    def column(name: str, kind: Any, trailing: tuple[int, ...]) -> Any:
        key = f"{name}-{token}"
        zeros = (0,) * len(trailing)
        taking: dict[Any, Any] = {
            (key, i, *zeros): (getattr, (read, i), name) for i in range(len(pieces))
        }
        graph = HighLevelGraph({read: reading, key: taking}, {read: set(), key: {read}})
        chunks = (tuple(sizes), *((size,) for size in trailing))
        return da.Array(graph, key, chunks, dtype=np.dtype(kind))

    return (
        column("rows", dtype, (d,)),
        column("sample_weight", np.float64, ()) if weighted else None,
        column("labels", np.int32, ()) if labelled else None,
    )


def _read(piece: Piece) -> Part:
    return piece.read()
