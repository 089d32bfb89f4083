"""Arrays and tables that Python code already holds, as a data set."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.python.frames import default_names, to_matrix, to_numbers
from gmmflow.loaders.reading.checks import in_array, present
from gmmflow.loaders.reading.chunking import chunk_rows, cut
from gmmflow.loaders.reading.labels import encode, name_of, order
from gmmflow.loaders.reading.lazy import refuse_all_zero
from gmmflow.values.dataset import Dataset

CHUNK_SIZE = 32 << 20

#: Arrays up to this size are hashed whole; of larger ones, a sample.
_HASHED = 64 << 20
_SAMPLE_ROWS = 4096


def from_arrays(
    x: Any,
    sample_weight: Any = None,
    labels: Any = None,
    names: Sequence[str] | None = None,
    chunk_size: int = CHUNK_SIZE,
) -> Dataset:
    """Dataset of an array, a table or a Dask array.

    Parameters
    ----------
    x : (n, d) or (n,) array, list, DataFrame or dask.array.Array
        Real numbers. float32 stays float32, everything else becomes float64. A Dask array keeps
        its row chunks, is not computed, and is checked when it is read.
    sample_weight : (n,) array, optional
        Row weights, finite and not negative.
    labels : (n,) array, optional
        Known classes, numbers or text; None, NaN, "" and -1 mean that a row has none.
    names : sequence of str, optional
        Names of the columns; by default those of the table, or x0, x1, ...
    chunk_size : int
        Bytes of rows in one chunk, for everything but a Dask array.

    Raises
    ------
    DataError
        The data cannot be used: sparse, not numbers, wrong shape, NaN or infinity (the rows are
        named), lengths that differ, negative weights, unknown chunk sizes.
    """
    if hasattr(x, "dask") and hasattr(x, "chunks"):
        from gmmflow.loaders.python.dask_arrays import from_dask

        return from_dask(x, sample_weight, labels, names)
    rows, found = to_matrix(x)
    if not rows.size:
        raise DataError(f"x is empty: its shape is {rows.shape}", "give at least one row")
    names = column_names(names or found, rows.shape[1])
    sizes = cut(len(rows), chunk_rows(chunk_size, rows.shape[1], rows.dtype))
    weight = None if sample_weight is None else check_length(
        to_numbers(sample_weight, "sample_weight").astype(np.float64, copy=False),
        len(rows), "sample_weight",
    )  # fmt: skip
    first = 0
    for size in sizes:
        part = slice(first, first + size)
        present(rows[part], names, in_array(first + 1), None if weight is None else weight[part])
        first += size
    refuse_all_zero(weight)
    codes, label_names = (None, ()) if labels is None else to_codes(labels, len(rows))
    return Dataset(
        rows, names, sizes, weight, codes, label_names, fingerprint=fingerprint(rows, weight, codes)
    )


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


def fingerprint(rows: np.ndarray, *others: np.ndarray | None) -> str:
    """Hash of the bytes of small arrays; of shape, type and a sample of rows of large ones."""
    digest = hashlib.sha256()
    for array in (rows, *others):
        if array is None:
            digest.update(b"none")
            continue
        digest.update(f"{array.shape} {array.dtype.str}".encode())
        step = 1 if array.nbytes <= _HASHED else -(-len(array) // _SAMPLE_ROWS)
        digest.update(np.ascontiguousarray(array[::step]).tobytes())
    return f"sha256:{digest.hexdigest()}"
