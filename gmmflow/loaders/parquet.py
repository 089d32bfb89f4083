"""`parquet`: Parquet files, whose row groups are read on their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gmmflow.loaders.base import LoadContext, Source, TableLoader
from gmmflow.loaders.reading.arrow import names_in, part
from gmmflow.loaders.reading.checks import Where
from gmmflow.loaders.reading.chunking import chunk_rows, group
from gmmflow.loaders.reading.files import find, fingerprint
from gmmflow.loaders.reading.labels import order
from gmmflow.loaders.reading.lazy import Part, Piece, assemble
from gmmflow.loaders.reading.row_groups import Footers, Reader, Segment, read_footers
from gmmflow.loaders.reading.selection import Selection, select
from gmmflow.stage import Field
from gmmflow.values.dataset import Dataset

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
        table = read_footers(find(self.path, context, glob=True, below="*.parquet"))
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
            in_turn=_in_turn,
        )
        if not data.in_memory and any(piece.segments[0].start for piece in pieces):
            return replace(data, notes=(*data.notes, _SPLIT))
        return data

    def inspect(self, context: LoadContext) -> Source:
        """What `load` would read."""
        table = read_footers(find(self.path, context, glob=True, below="*.parquet"))
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
            fingerprint=fingerprint(table.files),
        )

    def _select(self, table: Footers) -> tuple[Selection, tuple[str, ...]]:
        return select(self, table.names, table.numeric, table.where)


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
        return self.read_by(self.reader())

    def reader(self) -> Reader:
        """A reader of the columns that are needed."""
        return Reader([self.table[i] for i in self.selection.read])

    def read_by(self, reader: Reader) -> Part:
        """Read and check the rows with a reader that may be at their beginning already."""
        parts = [
            part(
                {i: batch.column(self.table[i]) for i in self.selection.read},
                self.selection,
                self.classes,
                Where(segment.group.file.name, first),
            )
            for segment in self.segments
            for first, batch in reader.read(segment)
        ]
        return parts[0] if len(parts) == 1 else Part.together(parts)


def _in_turn(pieces: Sequence[ParquetPiece]) -> Iterator[Part]:
    """All pieces one after another, each row group decoded once."""
    reader = pieces[0].reader()
    return (piece.read_by(reader) for piece in pieces)


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
    reader = Reader([name])
    for row_group in table.groups:
        for _, batch in reader.read(Segment(row_group, 0, row_group.n_rows)):
            found |= names_in(batch.column(name))
    return order(found, f"{table.where}, column {name!r}")
