"""How delimited text is read: as a stream, one block of rows after another."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from gmmflow.errors import DataError
from gmmflow.loaders.reading.arrow import is_number
from gmmflow.loaders.reading.files import SourceFile
from gmmflow.loaders.reading.text_errors import (
    RowTooLong,
    no_number,
    not_numbers,
    structure,
    unsuited,
)
from gmmflow.loaders.reading.unpacked import packing, plain
from gmmflow.values.columns import listing

#: Bytes that Arrow parses at a time; more where one row is longer, up to a limit.
_BLOCK = 1 << 20
_LARGEST_BLOCK = 1 << 26
#: Bytes that are asked for at once over a network.
_AHEAD = 4 << 20
#: In larger files lines are not counted for a message: that pass is slow.
_COUNTED = 64 << 20
#: Values that decide whether a column of text is meant to hold numbers.
_SAMPLE = 1000


@dataclass(frozen=True)
class Format:
    """How the text is cut.

    Attributes
    ----------
    delimiter : str
    header : bool
        Whether the first row holds the names; else columns are called x0, x1, ...
    types : tuple of (str, str)
        Every column with "number" or "text", if that is declared; else it is found out.
    """

    delimiter: str = ","
    header: bool = True
    types: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Header:
    """Columns of a file, which of them hold numbers, and bytes to parse at a time."""

    names: tuple[str, ...]
    numeric: tuple[bool, ...]
    block: int


def read_header(file: SourceFile, form: Format) -> Header:
    """Names and types, as declared or from the first block of a file.

    Raises
    ------
    DataError
        The file is no such text, or has other columns than were declared.
    """
    block = _BLOCK
    while True:
        try:
            with _reader(file, form, None, block) as reader:
                raw = tuple(reader.schema.names)
            # A second look under names of our own: two columns may have one name.
            with _reader(file, form, len(raw), block) as reader:
                numeric = tuple(_numeric(reader))
            break
        except RowTooLong as error:
            block *= 8
            if block > _LARGEST_BLOCK:
                raise structure(file, error) from error
    own = [name for name, _ in form.types] or [f"x{j}" for j in range(len(raw))]
    names = tuple(name.strip() for name in raw) if form.header else tuple(own)
    if form.types:
        if names != tuple(own) or len(raw) != len(own):
            raise _undeclared(file, raw if form.header else (), len(raw), own)
        numeric = tuple(kind == "number" for _, kind in form.types)
    return Header(names, numeric, block)


def batches(
    file: SourceFile, form: Format, header: Header, numbers: Sequence[int], texts: Sequence[int]
) -> Iterator[dict[int, Any]]:
    """Runs of rows: Arrow arrays by position of their column.

    Parameters
    ----------
    file : SourceFile
    form : Format
    header : Header
    numbers, texts : sequence of int
        Columns to read as float64, and as text.

    Raises
    ------
    DataError
        A row has too many or too few values, or a number cannot be read.
    """
    import pyarrow as pa

    kinds = {i: pa.float64() for i in numbers} | {i: pa.string() for i in texts}
    try:
        with _reader(file, form, len(header.names), header.block, kinds) as reader:
            for batch in reader:
                yield dict(zip(kinds, batch.columns, strict=True))
    except pa.ArrowInvalid as error:
        # A second pass, as text, finds what is no number.
        as_text = batches(file, form, header, (), numbers)
        raise no_number(
            file, header.names, as_text, lambda rows: line_numbers(file, form, rows), error
        ) from error
    except RowTooLong as error:
        raise structure(file, error) from error


def line_numbers(file: SourceFile, form: Format, rows: Sequence[int]) -> list[int]:
    """Lines on which data rows (from 1) start; nothing for a large, packed or remote file."""
    if file.size > _COUNTED or not file.is_local or packing(file):
        return []
    lines, row = [], 0 if form.header else 1
    with open(file.path, newline="", encoding="utf-8", errors="replace") as stream:
        reader = csv.reader(stream, delimiter=form.delimiter)
        start = 1
        for cells in reader:
            if cells:
                if row in rows:
                    lines.append(start)
                row += 1
            start = reader.line_num + 1
            if len(lines) == len(rows):
                break
    return lines if len(lines) == len(rows) else []


@contextmanager
def _reader(
    file: SourceFile, form: Format, n_columns: int | None, block: int,
    kinds: dict[int, Any] | None = None,
) -> Iterator[Any]:  # fmt: skip
    """Arrow's streaming reader; columns are called by their position if their number is known."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    own = None if n_columns is None else [str(j) for j in range(n_columns)]
    named = own is not None and form.header
    with plain(file, _AHEAD) as stream:
        try:
            with arrow.open_csv(
                stream,
                read_options=arrow.ReadOptions(
                    block_size=block,
                    column_names=own,
                    skip_rows_after_names=1 if named else 0,
                    autogenerate_column_names=own is None and not form.header,
                ),
                parse_options=arrow.ParseOptions(delimiter=form.delimiter, newlines_in_values=True),
                convert_options=arrow.ConvertOptions(
                    column_types={str(i): kind for i, kind in kinds.items()} if kinds else None,
                    include_columns=[str(i) for i in kinds] if kinds else None,
                    strings_can_be_null=True,
                ),
            ) as reader:
                yield reader
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            ours = unsuited(file, error)
            if ours is None:
                raise
            raise ours from error


def _numeric(reader: Any) -> Iterator[bool]:
    """Which columns hold numbers, or mostly so, in the first block."""
    from pyarrow import types

    first = next(iter(reader), None)
    for j, kind in enumerate(reader.schema.types):
        found = is_number(kind) or types.is_null(kind)
        if first is not None and types.is_string(kind):
            found = _mostly_numbers(first.column(j))
        yield found


def _undeclared(
    file: SourceFile, found: Sequence[str], n: int, declared: Sequence[str]
) -> DataError:
    other = [name for name in found if name.strip() not in declared]
    absent = [name for name in declared if name not in [each.strip() for each in found]]
    if not found:
        what = f"{file} has {n} columns, and `types` declares {len(declared)}"
    elif other or absent:
        said = [f"it has {', '.join(map(repr, other[:5]))} too"] if other else []
        said += [f"it lacks {', '.join(map(repr, absent[:5]))}"] if absent else []
        what = f"{file} has other columns than `types` declares: {'; '.join(said)}"
    else:
        what = f"{file} has its columns in another order than `types` declares"
    return DataError(what, f"declare every column in its order; {listing(found)}" if found else "")


def _mostly_numbers(column: Any) -> bool:
    """Whether text looks like numbers with a few mistakes, which reading will then name."""
    sample = column.slice(0, _SAMPLE)
    return (len(sample) - len(not_numbers(sample))) * 2 > len(sample)
