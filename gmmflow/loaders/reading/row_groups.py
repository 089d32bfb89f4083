"""Parquet files: what their footers say, and row groups as a stream of batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gmmflow.errors import DataError
from gmmflow.loaders.reading.arrow import is_number
from gmmflow.loaders.reading.files import SourceFile

#: Rows that are decoded at a time; bounds the memory of reading a large row group.
_BATCH_ROWS = 1 << 16


@dataclass(frozen=True)
class RowGroup:
    """A row group: which one of which file, and the rows before it in the file."""

    file: SourceFile
    index: int
    n_rows: int
    before: int


@dataclass(frozen=True)
class Footers:
    """What the footers say: files, columns, and row groups in order."""

    files: tuple[SourceFile, ...]
    names: tuple[str, ...]
    numeric: tuple[bool, ...]
    groups: tuple[RowGroup, ...]

    @property
    def where(self) -> str:
        """The files in a word."""
        more = f" and {len(self.files) - 1} more" if len(self.files) > 1 else ""
        return self.files[0].name + more


def read_footers(files: tuple[SourceFile, ...]) -> Footers:
    """Columns and row groups of the files.

    Raises
    ------
    DataError
        A file is not Parquet, the files have different columns, or there are no rows.
    """
    groups: list[RowGroup] = []
    first = None
    for file in files:
        with _opened(file) as parquet:
            schema = parquet.schema_arrow
            before = 0
            for index in range(parquet.metadata.num_row_groups):
                n_rows = parquet.metadata.row_group(index).num_rows
                groups.append(RowGroup(file, index, n_rows, before))
                before += n_rows
        first = schema if first is None else first
        if sorted(schema.names) != sorted(first.names):
            differ = sorted(set(schema.names) ^ set(first.names))
            raise DataError(
                f"{file.name} has other columns than {files[0].name}: {', '.join(differ[:5])}",
                "read files of the same columns only",
            )
    if not sum(g.n_rows for g in groups):
        raise DataError(f"{files[0].path} has columns but no rows", "check what wrote it")
    assert first is not None
    numeric = tuple(is_number(kind) for kind in first.types)
    return Footers(files, tuple(first.names), numeric, tuple(g for g in groups if g.n_rows))


def _opened(file: SourceFile) -> Any:
    """An open Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file.check()
    try:
        # With a buffer, a column of a row group is streamed rather than held.
        return pq.ParquetFile(file.path, buffer_size=1 << 20, pre_buffer=False, memory_map=False)
    except (pa.ArrowInvalid, OSError) as error:
        with file.open():  # says so if the system does not let us read
            raise DataError(
                f"{file.path} is not a Parquet file, or is cut short: {error}",
                "write it again, or choose another loader with `type:`",
            ) from error


@dataclass(frozen=True)
class Segment:
    """Rows `start` to `stop` of a row group."""

    group: RowGroup
    start: int
    stop: int


class Reader:
    """Reads segments; one that begins where the last one ended goes on from there.

    Parquet has no way to a row in the middle of a row group but decoding those before it.

    Parameters
    ----------
    columns : sequence of str
        Which columns to read.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = list(columns)
        self._group: RowGroup | None = None
        self._batches: Iterator[Any] = iter(())
        self._at = 0
        self._rest: Any = None

    def read(self, segment: Segment) -> Iterator[tuple[int, Any]]:
        """Batches of rows, each with the number in the file of its first row, from 1."""
        if segment.group != self._group or segment.start < self._at:
            self._group, self._at, self._rest = segment.group, 0, None
            self._batches = _stream(segment.group, self._columns)
        while self._at < segment.stop:
            batch = next(self._batches, None) if self._rest is None else self._rest
            if batch is None:
                raise DataError(
                    f"{segment.group.file.path} has fewer rows in row group "
                    f"{segment.group.index} than its footer says",
                    "write it again",
                )
            low = min(max(segment.start - self._at, 0), batch.num_rows)
            high = min(segment.stop - self._at, batch.num_rows)
            first = segment.group.before + self._at + low + 1
            self._at += high
            self._rest = batch.slice(high) if high < batch.num_rows else None
            if low < high:
                yield first, batch.slice(low, high - low)


def _stream(group: RowGroup, columns: list[str]) -> Iterator[Any]:
    """Batches of a row group. Not a method: a reader in its own cycle would hold on to files."""
    import pyarrow as pa

    try:
        with _opened(group.file) as parquet:
            yield from parquet.iter_batches(
                batch_size=_BATCH_ROWS, row_groups=[group.index], columns=columns, use_threads=False
            )
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{group.file.path} is damaged in row group {group.index}: {error}", "write it again"
        ) from error
