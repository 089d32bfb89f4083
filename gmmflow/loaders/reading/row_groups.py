"""Parquet files: what their footers say, and row groups as a stream of batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from gmmflow.errors import DataError
from gmmflow.loaders.reading.arrow import is_damage
from gmmflow.loaders.reading.files import SourceFile
from gmmflow.loaders.reading.folder_keys import keys_in
from gmmflow.loaders.reading.table_columns import TableColumn, of_keys, of_schema

#: Rows that are decoded at a time; bounds the memory of reading a large row group.
_BATCH_ROWS = 1 << 16
#: Bytes at the end of a file that a network gives at once: most footers are smaller.
_FOOTER = 1 << 16


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
    columns: tuple[TableColumn, ...]
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
    first: tuple[TableColumn, ...] = ()
    for file in files:
        with _opened(file) as parquet:
            columns = of_schema(parquet.schema_arrow)
            before = 0
            for index in range(parquet.metadata.num_row_groups):
                n_rows = parquet.metadata.row_group(index).num_rows
                groups.append(RowGroup(file, index, n_rows, before))
                before += n_rows
        columns = (*columns, *of_keys(keys_in(file), columns))
        first = first or columns
        differ = sorted({c.name for c in columns} ^ {c.name for c in first})
        if differ:
            raise DataError(
                f"{file.name} has other columns than {files[0].name}: {', '.join(differ[:5])}",
                "read files of the same columns only",
            )
    if not sum(g.n_rows for g in groups):
        raise DataError(f"{files[0]} has columns but no rows", "check what wrote it")
    return Footers(files, first, tuple(g for g in groups if g.n_rows))


@contextmanager
def _opened(file: SourceFile) -> Iterator[Any]:
    """An open Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # With a buffer, a column of a row group is streamed rather than held; over a network, where
    # each request takes long, what belongs to a row group is asked for together.
    how: dict[str, Any] = {"buffer_size": 1 << 20} if file.is_local else {"pre_buffer": True}
    with file.open(_FOOTER) as stream:
        try:
            source = file.path if file.is_local else stream
            parquet = pq.ParquetFile(source, **{"pre_buffer": False, **how})
        except (pa.ArrowException, OSError) as error:
            if not is_damage(error):
                raise
            raise DataError(
                f"{file} is not a Parquet file, or is cut short: {error}",
                "write it again, or choose another loader with `type:`",
            ) from error
        with parquet:
            yield parquet


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
                    f"{segment.group.file} has fewer rows in row group "
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

    with _opened(group.file) as parquet:
        try:
            yield from parquet.iter_batches(
                batch_size=_BATCH_ROWS, row_groups=[group.index], columns=columns, use_threads=False
            )
        except (pa.ArrowException, OSError) as error:
            if not is_damage(error):
                raise
            raise DataError(
                f"{group.file} is damaged in row group {group.index}: {error}", "write it again"
            ) from error
