"""What belongs to the rows that Python code holds: names of columns, weights, labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.python.frames import default_names
from gmmflow.loaders.reading.labels import encode, name_of, order


def column_names(names: Sequence[str] | None, d: int) -> tuple[str, ...]:
    """Names of d columns, x0, x1, ... by default."""
    if names is None:
        return default_names(d)
    if len(names) != d:
        raise DataError(f"{len(names)} names were given for {d} columns", "give each column one")
    if len(set(names)) < d:
        raise DataError(f"two columns have one name: {', '.join(names)}", "names must differ")
    return tuple(str(name) for name in names)


def check_length(array: np.ndarray, n_rows: int, what: str) -> np.ndarray:
    """Return the array if it has one value for each row."""
    if array.shape != (n_rows,):
        raise DataError(f"{what} has shape {array.shape}, and x has {n_rows} rows", "give one each")
    return array


def to_codes(labels: Any, n_rows: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """Codes (n,) int32 of the labels, and the classes."""
    values, inverse = distinct(check_length(np.asarray(labels), n_rows, "labels"))
    classes = order((name for v in values if (name := name_of(v)) is not None), "labels")
    return encode(values, inverse, classes), classes


def distinct(labels: np.ndarray) -> tuple[list[Any], np.ndarray]:
    """The labels, each once, and the index (m,) of every row's; -1 means no label."""
    if labels.dtype.kind == "O":
        index: dict[Any, int] = {}
        names = [name_of(value) for value in labels.tolist()]
        inverse = np.array([index.setdefault(name, len(index)) for name in names], np.intp)
        values: list[Any] = list(index)
    else:
        unique, inverse = np.unique(labels, return_inverse=True)
        values = unique.tolist()
    return [None if name_of(value) == "-1" else value for value in values], inverse
