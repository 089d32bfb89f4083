"""Arrays and tables that Python code already holds, as a data set."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.python.columns import check_length, column_names, to_codes
from gmmflow.loaders.python.frames import to_matrix, to_numbers
from gmmflow.loaders.reading.checks import in_array, present
from gmmflow.loaders.reading.chunking import chunk_rows, cut
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
