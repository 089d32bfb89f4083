"""How delimited text is read, and what is said when it cannot be."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gmmflow.errors import DataError
from gmmflow.loaders.reading.arrow import is_number
from gmmflow.loaders.reading.checks import rows_text
from gmmflow.loaders.reading.files import SourceFile

#: Bytes that Arrow parses at a time.
_BLOCK = 1 << 20
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
    """

    delimiter: str = ","
    header: bool = True


@dataclass(frozen=True)
class Header:
    """Columns of a file, and which of them hold numbers, or mostly so, in its first block."""

    names: tuple[str, ...]
    numeric: tuple[bool, ...]


def read_header(file: SourceFile, form: Format) -> Header:
    """Names and types, from the first block of a file."""
    from pyarrow import types

    try:
        raw = _open(file, form, None).schema.names
        # A second look under names of our own: two columns may have one name.
        reader = _open(file, form, len(raw))
        first = next(iter(reader), None)
    except _errors() as error:
        raise _structure(file, error) from error
    names = (name.strip() for name in raw) if form.header else (f"x{j}" for j in range(len(raw)))
    return Header(
        tuple(names),
        tuple(
            is_number(kind)
            or types.is_null(kind)
            or (first is not None and types.is_string(kind) and _mostly_numbers(first.column(j)))
            for j, kind in enumerate(reader.schema.types)
        ),
    )


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
        reader = _open(file, form, len(header.names), kinds)
        for batch in reader:
            yield dict(zip(kinds, batch.columns, strict=True))
    except _errors() as error:
        if texts == numbers or "conversion error to double" not in str(error):
            raise _structure(file, error) from error
        raise _no_number(file, form, header, numbers, error) from error


def line_numbers(file: SourceFile, form: Format, rows: Sequence[int]) -> list[int]:
    """Lines on which data rows (from 1) start; nothing for a large or a compressed file."""
    if file.size > _COUNTED or file.name.endswith((".gz", ".bz2", ".zst", ".lz4", ".br")):
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


def _errors() -> tuple[type[Exception], ...]:
    import pyarrow as pa

    return (pa.ArrowException, OSError, UnicodeDecodeError)


def _open(
    file: SourceFile, form: Format, n_columns: int | None, kinds: dict[int, Any] | None = None
) -> Any:
    """Arrow's streaming reader; columns are called by their position if their number is known."""
    from pyarrow import csv as arrow

    file.open().close()  # says so if the system does not let us read
    own = None if n_columns is None else [str(j) for j in range(n_columns)]
    named = own is not None and form.header
    return arrow.open_csv(
        file.path,
        read_options=arrow.ReadOptions(
            block_size=_BLOCK,
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
    )


def _structure(file: SourceFile, error: Exception) -> DataError:
    if isinstance(error, UnicodeDecodeError) or "UTF8" in str(error):
        return DataError(f"{file.path} is not UTF-8 text", "save it as UTF-8")
    # It quotes the row, which in a file that is no text goes over many lines.
    what = str(error).removeprefix("CSV parse error: ")[:300].partition("\n")[0]
    return DataError(
        f"{file.path} cannot be cut into columns: {what}",
        "check the `delimiter:`, the quotes, and that every row has as many values as the header",
    )


def _no_number(
    file: SourceFile, form: Format, header: Header, numbers: Sequence[int], error: Exception
) -> DataError:
    """The error for text in a column of numbers, from a second pass that reads it as text."""
    first = 1
    for columns in batches(file, form, header, (), numbers):
        for i, column in columns.items():
            bad = _not_numbers(column)
            if bad:
                rows = [first + row for row in bad]
                where = rows_text(rows, lambda shown: line_numbers(file, form, shown))
                return DataError(
                    f"{file.path}: column {header.names[i]!r} holds text, "
                    f"{column[bad[0]].as_py()[:40]!r}, in {where}",
                    "correct the file, or choose columns of numbers with `columns:`",
                )
        first += len(next(iter(columns.values())))
    return _structure(file, error)


def _mostly_numbers(column: Any) -> bool:
    """Whether text looks like numbers with a few mistakes, which reading will then name."""
    sample = column.slice(0, _SAMPLE)
    return (len(sample) - len(_not_numbers(sample))) * 2 > len(sample)


def _not_numbers(column: Any) -> list[int]:
    """Positions of what is text and no number, by Arrow's own reading; empty values are none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed, bad = pc.utf8_trim_whitespace(column), []
    for i in range(len(trimmed)):
        try:  # a slice, as making an Arrow value of a Python one imports pandas
            trimmed.slice(i, 1).cast(pa.float64())
        except pa.ArrowInvalid:
            bad.append(i)
    return bad
