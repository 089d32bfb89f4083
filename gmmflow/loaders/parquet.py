"""`parquet`: Parquet files, whose row groups are read on their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gmmflow.loaders.base import LoadContext, Source, TableLoader
from gmmflow.loaders.reading.arrow import names_in, part
from gmmflow.loaders.reading.checks import Where
from gmmflow.loaders.reading.chunking import chunk_rows, group
from gmmflow.loaders.reading.files import find
from gmmflow.loaders.reading.fingerprint import fingerprint
from gmmflow.loaders.reading.labels import order
from gmmflow.loaders.reading.lazy import Part, Piece, assemble
from gmmflow.loaders.reading.row_groups import Footers, Reader, Segment, read_footers
from gmmflow.loaders.reading.selection import Selection, select
from gmmflow.loaders.reading.table_columns import TableColumn, lists, values
from gmmflow.stage import Field
from gmmflow.values.dataset import Dataset

_SPLIT = (
    "row groups are larger than `chunk_size`; a chunk in the middle of one decodes the rows before "
    "it again in every sweep: write smaller row groups, or set a larger `chunk_size`"
)


class Parquet(TableLoader):
    """Parquet files of the same columns; chunks follow their row groups.

    A column of lists of fixed size becomes several: ``embedding[0]``, ``embedding[1]``, ...; in
    ``columns:`` its own name stands for all of them. Folders called ``key=value`` give every file
    in them a column ``key``, which is read where it is asked for.
    """

    type: Literal["parquet"] = "parquet"
    path: str | tuple[str, ...] = Field(
        description="File, glob, folder, URL, or a list of these; relative to the config's "
        "folder. Files of a glob or folder are read in natural order: part-2 before part-10.",
        examples=["table.parquet", "parts/*.parquet"],
    )

    def load(self, context: LoadContext) -> Dataset:
        """Read the data, or prepare to read them chunk by chunk."""
        table = self._footers(context)
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
        table = self._footers(context)
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

    def _footers(self, context: LoadContext) -> Footers:
        return read_footers(find(self.path, context, below=r".*\.(parquet|pq)", kind="Parquet"))

    def _select(self, table: Footers) -> tuple[Selection, tuple[str, ...]]:
        names = [column.name for column in table.columns]
        numeric = [column.numeric for column in table.columns]
        return select(self, names, numeric, table.where, lists(table.columns))


@dataclass(frozen=True)
class ParquetPiece(Piece):
    """One chunk: segments of row groups, one after another."""

    segments: tuple[Segment, ...]
    table: tuple[tuple[int, TableColumn], ...]
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
        return Reader(_fields(column for _, column in self.table))

    def read_by(self, reader: Reader) -> Part:
        """Read and check the rows with a reader that may be at their beginning already."""
        parts = [
            part(
                values(dict(self.table), batch, segment.group.file),
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
    read = tuple((i, table.columns[i]) for i in selection.read)
    return [
        ParquetPiece(
            tuple(Segment(table.groups[i], start, stop) for i, start, stop in chunk),
            read,
            selection,
            classes,
        )
        for chunk in group([g.n_rows for g in table.groups], size)
    ]


def _classes(table: Footers, label: int) -> tuple[str, ...]:
    """Names of the classes, from one pass over the column of labels."""
    column = table.columns[label]
    found: set[str] = set()
    reader = Reader(_fields([column]))
    for row_group in table.groups:
        for _, batch in reader.read(Segment(row_group, 0, row_group.n_rows)):
            found |= names_in(values({label: column}, batch, row_group.file)[label])
    return order(found, f"{table.where}, column {column.name!r}")


def _fields(columns: Iterable[TableColumn]) -> list[str]:
    """Columns of the file that are read, each once."""
    return list(dict.fromkeys(c.field for c in columns if c.field is not None))
