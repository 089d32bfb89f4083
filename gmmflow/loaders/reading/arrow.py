"""From Arrow columns to checked rows: what CSV and Parquet share."""

from __future__ import annotations

from typing import Any

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.reading.checks import Where, matrix, present
from gmmflow.loaders.reading.labels import encode, name_of
from gmmflow.loaders.reading.lazy import Part
from gmmflow.loaders.reading.selection import Selection


def is_number(kind: Any) -> bool:
    """Whether a column of this Arrow type is a feature without being asked for."""
    from pyarrow import types

    return bool(
        types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_decimal(kind)
        or (types.is_dictionary(kind) and is_number(kind.value_type))
    )


def is_damage(error: Exception) -> bool:
    """Whether Arrow means the contents of a file; what the system said has a number."""
    return not (isinstance(error, OSError) and error.errno is not None)


def numbers(column: Any, name: str, source: str) -> np.ndarray:
    """Arrow array of numbers or booleans as float64 or float32 (m,), nulls as NaN.

    An ndarray is given back as it is.

    Raises
    ------
    DataError
        The column holds something else.
    """
    import pyarrow as pa

    if isinstance(column, np.ndarray):
        return column
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if not is_number(kind) and not pa.types.is_boolean(kind) and not pa.types.is_null(kind):
        raise DataError(
            f"{source}: column {name!r} holds {kind}, and numbers are needed",
            "choose columns of numbers with `columns:`",
        )
    if pa.types.is_boolean(kind):
        column = column.cast(pa.uint8())
    narrow = pa.types.is_float32(kind) or pa.types.is_float16(kind)
    return _view(column.cast(pa.float32() if narrow else pa.float64(), safe=False), np.nan)


def classes_in(column: Any) -> tuple[list[Any], np.ndarray]:
    """Values of an Arrow array, each once, and the index (m,) of every row's; -1 for null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(column, np.ndarray):  # an element of a list
        values, inverse = np.unique(column, return_inverse=True)
        return values.tolist(), inverse
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    # Indices may be unsigned: -1 needs a sign.
    codes = _view(column.indices.cast(pa.int64()), -1)
    return column.dictionary.to_pylist(), codes


def _view(column: Any, null: float) -> np.ndarray:
    """Arrow array of numbers as a read-only ndarray; `to_numpy` would import pandas."""
    filled = column.fill_null(null) if column.null_count else column
    return np.from_dlpack(filled) if len(filled) else np.empty(0)


def names_in(column: Any) -> set[str]:
    """Names of the classes that occur in an Arrow array."""
    values, codes = classes_in(column)
    used = np.unique(codes[codes >= 0])
    return {name for i in used if (name := name_of(values[i])) is not None}


def part(
    columns: dict[int, Any], selection: Selection, classes: tuple[str, ...], where: Where
) -> Part:
    """Checked rows of Arrow arrays (or ndarrays), which are given by position in the table."""
    features = [
        numbers(columns[i], name, where.source)
        for i, name in zip(selection.columns, selection.names, strict=True)
    ]
    shape = (len(features[0]), len(features))
    rows = matrix(features, np.empty(shape, selection.dtype))
    weight = labels = None
    if selection.weight is not None:
        weight = numbers(columns[selection.weight], selection.weight_name, where.source)
        weight = weight.astype(np.float64, copy=False)
    if selection.label is not None:
        values, codes = classes_in(columns[selection.label])
        labels = encode(values, codes, classes)
    kept = present(rows, selection.names, where, weight, selection.weight_name, selection.missing)
    return Part(rows, weight, labels).keep(kept)
