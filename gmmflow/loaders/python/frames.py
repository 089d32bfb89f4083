"""From what Python code holds - arrays, lists, series, tables - to an ndarray and column names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.reading.checks import rows_text
from gmmflow.values.columns import listing, positions

_NUMBERS = "needs real numbers, (rows, columns)"

#: pandas' types with missing values, which NumPy would make an array of objects.
_NULLABLE = {
    "boolean", "Float32", "Float64",
    *(f"{u}Int{bits}" for u in ("", "U") for bits in (8, 16, 32, 64)),
}  # fmt: skip


def to_matrix(x: Any) -> tuple[np.ndarray, tuple[str, ...] | None]:
    """Rows (n, d), float64 or float32, and the names of the columns if `x` has some.

    Parameters
    ----------
    x : array, list, Series or DataFrame
        A pandas, polars or pyarrow table, or whatever NumPy makes an array of. float32 stays
        float32, other numbers become float64; one dimension is one column.

    Raises
    ------
    DataError
        It holds something other than real numbers, or is not two-dimensional.
    """
    if hasattr(x, "tocsr") and hasattr(x, "nnz"):
        raise DataError(
            f"x is a sparse matrix of shape {x.shape}",
            "make it dense with x.toarray() if that fits in memory; components are dense",
        )
    if isinstance(x, np.ma.MaskedArray) and np.ma.getmaskarray(x).any():
        bad = np.flatnonzero(np.ma.getmaskarray(x).reshape(len(x), -1).any(axis=1)) + 1
        raise DataError(f"x is masked in {rows_text(bad.tolist())}", "leave these rows out")
    if hasattr(x, "column_names"):  # pyarrow
        names, columns = tuple(x.column_names), list(x.columns)
    elif hasattr(x, "columns"):
        names = tuple(str(name) for name in x.columns)
        columns = [x[name] for name in x.columns]
    else:
        array = to_numbers(x, "x")
        if array.ndim not in (1, 2):
            raise DataError(f"x has shape {array.shape}; gmmflow {_NUMBERS}", "reshape it")
        if array.ndim == 2:
            return array, None
        name = getattr(x, "name", None)
        return array[:, None], (name,) if isinstance(name, str) else None
    whole = _whole(x, len(names))
    if whole is not None:
        return whole, names
    parts = [to_numbers(c, f"column {n!r}") for c, n in zip(columns, names, strict=True)]
    if not parts:
        raise DataError("x has no columns", "give at least one column of numbers")
    return np.column_stack(parts), names


def to_numbers(x: Any, what: str) -> np.ndarray:
    """Array of float64 or float32; `what` names it in the error."""
    if hasattr(x, "to_numpy") and str(getattr(x, "dtype", "")) in _NULLABLE:
        x = x.to_numpy(dtype=np.float64, na_value=np.nan)
    try:
        array = np.asarray(x)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{what} cannot be made an array: {error}", f"gmmflow {_NUMBERS}"
        ) from error
    if array.dtype.kind not in "fiub":
        raise DataError(
            f"{what} holds {array.dtype}, and real numbers are needed",
            "convert it, or leave out columns that are not numbers",
        )
    # The byte order of other machines is not for BLAS.
    kind = array.dtype.newbyteorder("=")
    with np.errstate(over="ignore"):
        return array.astype(kind if kind in (np.float32, np.float64) else np.float64, copy=False)


def _whole(x: Any, d: int) -> np.ndarray | None:
    """The table as one array without a copy, where all columns are of one type of numbers."""
    if not hasattr(x, "dtypes"):
        return None
    kinds = {str(kind) for kind in x.dtypes}
    if kinds not in ({"float64"}, {"float32"}):
        return None
    array = np.asarray(x)
    return array if array.shape == (len(x), d) else None


def matched(x: Any, names: Sequence[str]) -> Any:
    """Columns of `x` that a model of these columns needs, in their order.

    A table is matched by name, or by position if the model's columns are just x0, x1, ...;
    an array must have as many columns.

    Raises
    ------
    DataError
        A column is not there, or the number of columns is another one.
    """
    table = getattr(x, "column_names", getattr(x, "columns", None))
    if table is not None and not (
        set(names) - set(table) and tuple(names) == default_names(len(names))
    ):
        positions(names, [str(name) for name in table], "x")
        return x.select(list(names)) if hasattr(x, "column_names") else x[list(names)]
    shape = x.shape if hasattr(x, "shape") else np.shape(x)
    d = shape[1] if len(shape) == 2 else 1
    if d != len(names):
        raise DataError(
            f"x has {d} column{'s' * (d != 1)}, and the model has {len(names)}", listing(names)
        )
    return x


def default_names(d: int) -> tuple[str, ...]:
    """Names of columns that have none: x0, x1, ..."""
    return tuple(f"x{j}" for j in range(d))
