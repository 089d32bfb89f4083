"""A first look at a data file, for ``gmmflow init``: which columns to fit, which to leave out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gmmflow.errors import DataError, InputMissing, PermissionRefused, UsageError

#: Loader by the end of the file name; two characters in it are a delimiter of CSV.
LOADERS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet",
    ".npy": "npy",
}  # fmt: skip

#: Rows that are looked at, and bytes of a CSV file that hold them.
_ROWS = 65_536
_BYTES = 4 << 20
#: A column of at most so many values, each in many rows, may hold classes.
_CLASSES = 20
_WHOLE_NUMBER_CLASSES = 10
#: Fewer rows say nothing about classes and row numbers.
_ENOUGH_ROWS = 20


@dataclass
class Survey:
    """What a file holds.

    Attributes
    ----------
    loader : str
    options : dict
        Of the loader, beside `path`.
    columns : list of str or None
        To fit; None where columns have no names.
    left_out : dict of str to str
        Other columns, and why.
    classes : dict of str to list of str
        Columns that may be labels, with their values.
    incomplete : int
        Rows that lack a value in `columns`.
    n_rows : int
        Rows that were looked at.
    """

    loader: str
    options: dict[str, Any] = field(default_factory=dict)
    columns: list[str] | None = None
    left_out: dict[str, str] = field(default_factory=dict)
    classes: dict[str, list[str]] = field(default_factory=dict)
    incomplete: int = 0
    n_rows: int = 0


def survey(path: Path) -> Survey:
    """Look at the first rows of a file.

    Raises
    ------
    InputMissing, PermissionRefused, UsageError
        There is no such file, or none of a type that can be looked at.
    DataError
        It cannot be read, or has no column of numbers.
    """
    loader = LOADERS.get(path.suffix.lower())
    if loader is None:
        raise UsageError(
            f"{path}: files that end in {path.suffix or 'nothing'!r} are not known",
            f"known: {', '.join(LOADERS)}",
        )
    found = Survey(loader)
    try:
        if loader == "npy":
            _look_at_array(path)
        else:
            table = _csv(path, found) if loader == "csv" else _parquet(path)
            _look_at_table(table, path, found)
    except (FileNotFoundError, IsADirectoryError):
        raise InputMissing(f"{path}: there is no such file", "check the path") from None
    except PermissionError:
        raise PermissionRefused(f"{path}: no permission to read it") from None
    except (ValueError, OSError, EOFError) as error:  # pyarrow's errors are ValueErrors
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{path}: cannot be read as {loader}: {first}", "check the file") from None
    return found


def _look_at_array(path: Path) -> None:
    import numpy as np

    array = np.load(path, mmap_mode="r", allow_pickle=False)
    if array.ndim not in (1, 2) or array.dtype.kind not in "fiub":
        raise ValueError(f"it holds {array.dtype} of shape {array.shape}, not rows of numbers")


def _csv(path: Path, found: Survey) -> Any:
    import pyarrow as pa
    from pyarrow import csv

    with path.open("rb") as file:
        head = file.readline(_BYTES)
    if not head.strip():
        raise ValueError("its first line is empty")
    delimiter = max(",;\t|", key=lambda each: head.count(each.encode()))
    if delimiter != ",":
        found.options["delimiter"] = delimiter
    reader = csv.open_csv(
        path,
        read_options=csv.ReadOptions(block_size=_BYTES),
        parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
    )
    with reader:
        return pa.Table.from_batches([reader.read_next_batch()]).slice(0, _ROWS)


def _parquet(path: Path) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        batches = [next(file.iter_batches(batch_size=_ROWS), None)]
        return pa.Table.from_batches([b for b in batches if b is not None], file.schema_arrow)


def _look_at_table(table: Any, path: Path, found: Survey) -> None:
    import pyarrow.compute as pc
    from pyarrow import types

    found.n_rows = table.num_rows
    names = [name.strip() for name in table.column_names]
    columns = {}
    for name, column in zip(names, table.columns, strict=True):
        reason = "another column has the same name" if names.count(name) > 1 else ""
        if reason := reason or _why_not(column, found, name):
            found.left_out[name] = reason
        columns[name] = column
    found.columns = [name for name in names if name not in found.left_out]
    if not found.columns:  # then a few whole numbers are better than nothing
        found.columns = [name for name in found.classes if types.is_integer(columns[name].type)]
        for name in found.columns:
            del found.classes[name], found.left_out[name]
    if not found.columns:
        about = "; ".join(f"{name!r} ({why})" for name, why in found.left_out.items())
        raise DataError(f"{path} has no column to fit: {about}", "mixtures are fitted to numbers")
    numeric = [columns[name] for name in found.columns]
    lacking = pc.is_null(numeric[0], nan_is_null=True)
    for column in numeric[1:]:
        lacking = pc.or_(lacking, pc.is_null(column, nan_is_null=True))
    found.incomplete = pc.sum(lacking).as_py() or 0


def _why_not(column: Any, found: Survey, name: str) -> str:
    """Why a column should not be fitted, or an empty string."""
    import pyarrow.compute as pc
    from pyarrow import types

    kind = column.type
    present = column.filter(pc.invert(pc.is_null(column, nan_is_null=True)))
    if len(present) == 0:
        return "no values"
    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind)
    is_number = types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)
    if not (is_text or is_number or types.is_boolean(kind)):
        return f"{kind}"
    values = pc.unique(present).to_pylist()
    enough = len(column) >= _ENOUGH_ROWS
    if enough and len(values) == 1:
        return "a single value"
    often = enough and len(column) >= 2 * len(values)
    if types.is_integer(kind):
        if enough and len(values) == len(column) == max(values) - min(values) + 1:
            return "looks like a row number"
        if not often or len(values) > _WHOLE_NUMBER_CLASSES:
            return ""
    elif is_number:
        return ""
    if often and len(values) <= _CLASSES:
        found.classes[name] = sorted(str(value) for value in values)
        return f"{len(values)} different values"
    return "text" if is_text else f"{kind}"
