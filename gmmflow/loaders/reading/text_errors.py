"""What is said when delimited text cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gmmflow.errors import DataError
from gmmflow.loaders.reading.arrow import is_damage
from gmmflow.loaders.reading.checks import rows_text
from gmmflow.loaders.reading.files import SourceFile

#: What Arrow says when a row does not fit into the bytes that it parses at a time.
_TOO_LONG = ("straddling object straddles", "cannot infer number of columns")
_NO_NUMBER = "conversion error to double"


class RowTooLong(Exception):
    """A row needs a larger block."""


def unsuited(file: SourceFile, error: Exception) -> Exception | None:
    """Our error for one of Arrow's; None where the rows or the system must be asked first."""
    if not is_damage(error) or _NO_NUMBER in str(error):
        return None
    if any(text in str(error) for text in _TOO_LONG):
        return RowTooLong(str(error))
    if isinstance(error, OSError):
        return DataError(
            f"{file} is damaged where it is packed: {error}",
            "write it again, and see that all of it is copied",
        )
    return structure(file, error)


def structure(file: SourceFile, error: Exception) -> DataError:
    """The error for text that is no table."""
    if isinstance(error, RowTooLong):
        return DataError(
            f"{file} has a row of more than a million characters, or none at all",
            "check the quotes: what follows one that is not closed is a single value",
        )
    if isinstance(error, UnicodeDecodeError) or "UTF8" in str(error):
        return DataError(f"{file} is not UTF-8 text", "save it as UTF-8")
    # It quotes the row, which in a file that is no text goes over many lines.
    what = str(error).removeprefix("CSV parse error: ")[:300].partition("\n")[0]
    return DataError(
        f"{file} cannot be cut into columns: {what}",
        "check the `delimiter:`, the quotes, and that every row has as many values as the header",
    )


def no_number(
    file: SourceFile, names: Sequence[str], as_text: Iterable[dict[int, Any]],
    lines: Callable[[Sequence[int]], Sequence[int]], error: Exception,
) -> DataError:  # fmt: skip
    """The error for text in a column of numbers, from all columns of numbers read as text."""
    first = 1
    for columns in as_text:
        for i, column in columns.items():
            bad = not_numbers(column)
            if bad:
                where = rows_text([first + row for row in bad], lines)
                return DataError(
                    f"{file}: column {names[i]!r} holds text, "
                    f"{column[bad[0]].as_py()[:40]!r}, in {where}",
                    "correct the file, or choose columns of numbers with `columns:`",
                )
        first += len(next(iter(columns.values())))
    return structure(file, error)


def not_numbers(column: Any) -> list[int]:
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
