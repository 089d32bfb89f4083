"""Columns of a Parquet table as a mixture sees them: lists of fixed size become several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmflow.loaders.reading.arrow import is_number, numbers
from gmmflow.loaders.reading.files import SourceFile
from gmmflow.loaders.reading.folder_keys import keys_in


@dataclass(frozen=True)
class TableColumn:
    """A column, and where its values are.

    Attributes
    ----------
    name : str
    numeric : bool
        Whether it is a feature without being asked for.
    field : str or None
        The column of the file; None where the folders of the file say its value.
    element : int or None
        Which value, where the field holds a list of fixed size in each row.
    """

    name: str
    numeric: bool
    field: str | None
    element: int | None = None


def of_schema(schema: Any) -> tuple[TableColumn, ...]:
    """Columns of an Arrow schema."""
    from pyarrow import types

    found: list[TableColumn] = []
    for field in schema:
        if types.is_fixed_size_list(field.type) and is_number(field.type.value_type):
            found += [
                TableColumn(f"{field.name}[{j}]", True, field.name, j)
                for j in range(field.type.list_size)
            ]
        else:
            found.append(TableColumn(field.name, is_number(field.type), field.name))
    return tuple(found)


def of_keys(
    keys: Mapping[str, str | None], columns: Sequence[TableColumn]
) -> tuple[TableColumn, ...]:
    """Columns of the folders; those that the file holds too are read from the file."""
    held = {column.name for column in columns}
    return tuple(TableColumn(key, False, None) for key in keys if key not in held)


def lists(columns: Sequence[TableColumn]) -> dict[str, tuple[str, ...]]:
    """Names of the columns that each list became."""
    found: dict[str, tuple[str, ...]] = {}
    for column in columns:
        if column.field is not None and column.element is not None:
            found[column.field] = (*found.get(column.field, ()), column.name)
    return found


def values(columns: Mapping[int, TableColumn], batch: Any, file: SourceFile) -> dict[int, Any]:
    """What a batch of rows holds: Arrow arrays, or arrays (m,) of the elements of lists."""
    read: dict[str, Any] = {}
    found: dict[int, Any] = {}
    for i, column in columns.items():
        if column.field is None:
            found[i] = _constant(keys_in(file)[column.name], batch.num_rows)
        elif column.element is None:
            found[i] = batch.column(column.field)
        else:
            if column.field not in read:
                read[column.field] = _matrix(batch.column(column.field), column.field, file.name)
            found[i] = read[column.field][:, column.element]
    return found


def _matrix(column: Any, name: str, source: str) -> np.ndarray:
    """Lists of fixed size as rows (m, size); NaN where a row has none."""
    import pyarrow.compute as pc

    size = column.type.list_size
    # Without the rows that are null, and it heeds slices; `values` does neither.
    flat = numbers(column.flatten(), name, source).reshape(-1, size)
    if not column.null_count:
        return flat
    rows = np.full((len(column), size), np.nan, flat.dtype)
    rows[np.from_dlpack(pc.cast(pc.is_valid(column), "uint8")).astype(bool)] = flat
    return rows


def _constant(text: str | None, n: int) -> Any:
    """The value of a folder in each of n rows: a number if it looks like one."""
    import pyarrow as pa

    if text is None:
        return pa.nulls(n)
    try:
        return pa.array(np.full(n, float(text)))
    except ValueError:
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int8)), pa.array([text]))
