"""Columns that are asked for, and columns whose values are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.python.frames import to_matrix, to_numbers
from gmmflow.values.columns import listing, positions

Column = str | int


def indices(columns: Column | Sequence[Column], names: tuple[str, ...]) -> np.ndarray:
    """Indices of columns that are named, or numbered from 0.

    Raises
    ------
    DataError
        There is none such, one comes twice, or none is named.
    """
    asked = [columns] if isinstance(columns, str | int | np.integer) else list(columns)
    found = [_index(column, names) for column in asked]
    if not found:
        raise DataError("no column is named", f"name at least one; {listing(names)}")
    twice = next((i for i in found if found.count(i) > 1), None)
    if twice is not None:
        raise DataError(f"column {names[twice]!r} is named twice", "name each column once")
    return np.array(found)


def _index(column: Column, names: tuple[str, ...]) -> int:
    if isinstance(column, str):
        return positions([column], names, "the model")[0]
    if isinstance(column, bool) or not isinstance(column, int | np.integer):
        raise DataError(
            f"a column is a name or a number, not {column!r}", f"name it; {listing(names)}"
        )
    if not 0 <= column < len(names):
        raise DataError(
            f"there is no column {column}: the model has {len(names)}",
            f"columns count from 0; {listing(names)}",
        )
    return int(column)


def known_values(given: Any, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the columns that are given, (g,), and their values, (m, g).

    Parameters
    ----------
    given : mapping of column to number or (m,) array, or a table
        A single number holds for all rows.
    names : tuple of str
        Columns of the model; at least one is left out of `given`.

    Raises
    ------
    DataError
        A column is not there, none is left, or the values are no finite numbers of one length.
    """
    if isinstance(given, Mapping):
        columns = indices(list(given), names)
        parts = [to_numbers(value, f"column {name!r}") for name, value in given.items()]
        values = _side_by_side(parts, list(given))
    else:
        values, found = to_matrix(given)
        if found is None:
            raise DataError(
                "what is given has no column names",
                "give a mapping such as {'" + names[0] + "': values}, or a table",
            )
        columns = indices(found, names)
    if len(columns) == len(names):
        raise DataError("all columns are given: none is left", "leave out those that are asked for")
    values = values.astype(np.float64, copy=False)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        raise DataError(
            f"column {names[columns[column]]!r} is given as {values[row, column]} in row {row + 1}",
            "give finite numbers; leave a column out where its value is not known",
        )
    return columns, values


def _side_by_side(parts: list[np.ndarray], labels: list[Column]) -> np.ndarray:
    for part, label in zip(parts, labels, strict=True):
        if part.ndim > 1:
            raise DataError(
                f"column {label!r} is given with shape {part.shape}", "give a number, or one a row"
            )
    try:
        return np.stack(np.broadcast_arrays(*map(np.atleast_1d, parts)), axis=1)
    except ValueError:
        lengths = ", ".join(str(part.size) for part in parts)
        raise DataError(
            f"the columns that are given have different lengths: {lengths}",
            "give one number a row in each, or a single number for all rows",
        ) from None
