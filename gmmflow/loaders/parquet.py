"""`parquet`: Parquet files, whose row groups are read on their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.arrow import is_number, names_in, part
from gmmflow.loaders.base import LoadContext, Source, TableLoader
from gmmflow.loaders.checks import Where
from gmmflow.loaders.chunking import chunk_rows, group
from gmmflow.loaders.files import SourceFile, find, fingerprint
from gmmflow.loaders.labels import order
from gmmflow.loaders.lazy import Part, Piece, assemble
from gmmflow.loaders.selection import Selection, select
from gmmflow.stage import Field
from gmmflow.values.dataset import Dataset

#: Rows that are decoded at a time; bounds the memory of reading a large row group.
_BATCH_ROWS = 1 << 16

_SPLIT = (
    "row groups are larger than `chunk_size`; a chunk in the middle of one decodes the rows before "
    "it again in every sweep: write smaller row groups, or set a larger `chunk_size`"
)


class Parquet(TableLoader):
    """One or several Parquet files of the same columns; chunks follow their row groups."""

    type: Literal["parquet"] = "parquet"
    path: str = Field(
        description="File, folder or glob, relative to the config's folder; several files are "
        "read in sorted order.",
        examples=["table.parquet", "parts/*.parquet"],
    )

    def load(self, context: LoadContext) -> Dataset:
        """Read the data, or prepare to read them chunk by chunk."""
        table = read_footers(find(self.path, context, "*.parquet"))
        selection, notes = self._select(table)
        classes: tuple[str, ...] = ()
        if selection.label is not None:
            classes = _classes(table, selection.label)
        pieces = _pieces(table, selection, classes, self.chunk_size)
        data = assemble(
            pieces,
            selection.names,
            self.dtype,
            in_memory=context.in_memory,
            drops=self.missing == "drop",
            weighted=selection.weight is not None,
            label_names=classes,
            fingerprint=fingerprint(table.files),
            notes=notes,
        )
        if not data.in_memory and any(piece.segments[0].start for piece in pieces):
            return replace(data, notes=(*data.notes, _SPLIT))
        return data

    def inspect(self, context: LoadContext) -> Source:
        """What `load` would read."""
        table = read_footers(find(self.path, context, "*.parquet"))
        selection, _ = self._select(table)
        files, groups = len(table.files), len(table.groups)
        return Source(
            description=f"{files} Parquet file{'s' * (files > 1)}, "
            f"{groups} row group{'s' * (groups > 1)}",
            n_rows=sum(g.n_rows for g in table.groups),
            names=selection.names,
            chunks=tuple(p.n_rows for p in _pieces(table, selection, (), self.chunk_size)),
            n_bytes=sum(file.size for file in table.files),
            dtype=self.dtype,
        )

    def _select(self, table: Footers) -> tuple[Selection, tuple[str, ...]]:
        return select(self, table.names, table.numeric, table.where)


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
        raise DataError(f"{files[0].path} has columns but no rows")
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

    def batches(self, columns: list[str]) -> Iterator[tuple[int, Any]]:
        """Runs of rows, each with the number in the file of its first row, from 1."""
        import pyarrow as pa

        file, index, at = self.group.file, self.group.index, 0
        with _opened(file) as parquet:
            batches = parquet.iter_batches(
                batch_size=_BATCH_ROWS, row_groups=[index], columns=columns, use_threads=False
            )
            while at < self.stop:
                try:
                    batch = next(batches)
                except (StopIteration, pa.ArrowException, OSError) as error:
                    raise DataError(
                        f"{file.path} is damaged in row group {index}: {error or 'too few rows'}",
                        "write it again",
                    ) from error
                low, high = max(self.start - at, 0), min(self.stop - at, batch.num_rows)
                if low < high:
                    yield self.group.before + at + low + 1, batch.slice(low, high - low)
                at += batch.num_rows


@dataclass(frozen=True)
class ParquetPiece(Piece):
    """One chunk: segments of row groups, one after another."""

    segments: tuple[Segment, ...]
    table: tuple[str, ...]
    selection: Selection
    classes: tuple[str, ...]

    @property
    def n_rows(self) -> int:
        """Rows of the chunk before any is dropped."""
        return sum(s.stop - s.start for s in self.segments)

    @property
    def source(self) -> str:
        """Where the rows come from."""
        first, last = self.segments[0].group, self.segments[-1].group
        end = "" if first is last else f" to {last.file.name}, row group {last.index}"
        return f"{first.file.name}, row group {first.index}{end}"

    def read(self) -> Part:
        """Read and check the rows."""
        chosen = self.selection
        wanted = {i: self.table[i] for i in chosen.read}
        parts = [
            part(
                {i: batch.column(name) for i, name in wanted.items()},
                chosen,
                self.classes,
                Where(segment.group.file.name, first),
            )
            for segment in self.segments
            for first, batch in segment.batches(list(wanted.values()))
        ]
        if len(parts) == 1:
            return parts[0]
        return Part(
            np.concatenate([p.rows for p in parts]),
            None
            if chosen.weight is None
            else np.concatenate([p.sample_weight for p in parts if p.sample_weight is not None]),
            None
            if chosen.label is None
            else np.concatenate([p.labels for p in parts if p.labels is not None]),
        )


def _pieces(
    table: Footers, selection: Selection, classes: tuple[str, ...], chunk_size: int
) -> list[ParquetPiece]:
    size = chunk_rows(chunk_size, len(selection.names), selection.dtype)
    return [
        ParquetPiece(
            tuple(Segment(table.groups[i], start, stop) for i, start, stop in chunk),
            table.names,
            selection,
            classes,
        )
        for chunk in group([g.n_rows for g in table.groups], size)
    ]


def _classes(table: Footers, label: int) -> tuple[str, ...]:
    """Names of the classes, from one pass over the column of labels."""
    name = table.names[label]
    found: set[str] = set()
    for row_group in table.groups:
        for _, batch in Segment(row_group, 0, row_group.n_rows).batches([name]):
            found |= names_in(batch.column(name))
    return order(found, f"{table.where}, column {name!r}")
