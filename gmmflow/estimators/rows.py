"""Rows, weights and responsibilities that an estimator is given, checked as scikit-learn does."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from gmmflow.estimators.refusals import InputError, InputTypeError

RESHAPE = (
    "Reshape your data either using array.reshape(-1, 1) if your data has a single feature or "
    "array.reshape(1, -1) if it contains a single sample."
)


def is_dask(x: Any) -> bool:
    """Whether this is a Dask array."""
    return hasattr(x, "dask") and hasattr(x, "chunks")


def as_rows(x: Any, who: str, least: int = 1) -> Any:
    """Rows (n, d), float64 or float32, finite; a Dask array is not computed.

    Parameters
    ----------
    x : array-like, DataFrame or Dask array
        float32 stays float32, other numbers become float64.
    who : str
        Name of the estimator, for messages.
    least : int
        Rows that are needed.

    Raises
    ------
    InputError, InputTypeError
        A ValueError and a TypeError, with the messages of scikit-learn.
    """
    rows = x if is_dask(x) else as_numbers(x, "X")
    if rows.ndim != 2:
        if rows.ndim > 2:
            raise InputError(
                f"Found array with dim {rows.ndim}, while dim <= 2 is required by {who}."
            )
        what = "1D array" if rows.ndim else "scalar array"
        raise InputError(f"Expected 2D array, got {what} instead:\narray={rows}.\n{RESHAPE}")
    for size, needed, what in ((rows.shape[0], least, "sample"), (rows.shape[1], 1, "feature")):
        if size < needed:
            raise InputError(
                f"Found array with {size} {what}(s) (shape={rows.shape}) while a minimum of "
                f"{needed} is required by {who}."
            )
    if not is_dask(x):
        refuse_infinite(rows, "X", who)
    return rows


def as_numbers(x: Any, what: str) -> np.ndarray:
    """Array of float64 or float32, which stays.

    Raises
    ------
    InputError, InputTypeError
        It is sparse, complex, or holds something other than numbers.
    """
    if hasattr(x, "tocsr") and hasattr(x, "nnz"):
        raise InputTypeError(
            f"Sparse data was passed for {what}, but dense data is required. Use '.toarray()' to "
            "convert to a dense numpy array."
        )
    try:
        array = np.asarray(x)
    except ValueError as error:  # rows of different lengths
        raise InputError(f"{what} cannot be made an array: {error}") from error
    if array.dtype.kind == "c" or (
        array.dtype.kind == "O" and any(isinstance(v, complex) for v in array.flat)
    ):
        raise InputError(f"Complex data not supported\n{array}\n")
    if array.dtype.kind == "O" and hasattr(x, "to_numpy"):
        with suppress(TypeError):  # pandas' types with missing values; others are refused below
            array = x.to_numpy(dtype=np.float64, na_value=np.nan)
    kind = array.dtype.newbyteorder("=")  # the byte order of other machines is not for BLAS
    try:
        return array.astype(kind if kind in (np.float32, np.float64) else np.float64, copy=False)
    except ValueError as error:
        raise InputError(f"{what} holds something that is no number: {error}") from error
    except TypeError as error:
        raise InputTypeError(f"{what} holds something that is no number: {error}") from error


def refuse_infinite(array: np.ndarray, what: str, who: str = "") -> None:
    """Raise for the first value that is not finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(array.sum(dtype=np.float64)):
            return
    bad = np.argwhere(~np.isfinite(array))
    if not len(bad):
        return
    missing = np.isnan(array).any()
    kind = "NaN" if missing else f"infinity or a value too large for {array.dtype!r}"
    hint = "remove such rows, or fill them in, for example with an imputer in a pipeline"
    if missing and who:
        kind += f".\n{who} does not accept missing values encoded as NaN natively"
    place = f"row {bad[0, 0]}" + (f", column {bad[0, 1]}" if array.ndim == 2 else "")
    raise InputError(f"Input {what} contains {kind}. The first is at {place} (from 0).", hint)


def as_weights(sample_weight: Any, n_rows: int) -> Any:
    """Row weights (n,) float64, finite and not negative, or None.

    A number is a weight for all rows; a Dask array is not computed.

    Raises
    ------
    InputError
    """
    if sample_weight is None or is_dask(sample_weight):
        return sample_weight
    weight = as_numbers(sample_weight, "sample_weight").astype(np.float64, copy=False)
    if weight.ndim == 0:
        weight = np.full(n_rows, float(weight))
    if weight.ndim != 1:
        raise InputError(
            f"Sample weights must be 1D array or scalar, got {weight.ndim}D array. Expected either "
            f"a scalar value or a 1D array of length {n_rows}."
        )
    if weight.shape != (n_rows,):
        raise InputError(f"sample_weight.shape == {weight.shape}, expected {(n_rows,)}!")
    refuse_infinite(weight, "sample_weight")
    if (weight < 0.0).any():
        raise InputError(
            f"Negative values in data passed to `sample_weight`: the smallest is {weight.min()}"
        )
    if not weight.any():
        raise InputError("Sample weights must contain at least one non-zero number.")
    return weight


def as_responsibilities(resp: Any, n_rows: int, k: int) -> Any:
    """Responsibilities (n, k) to start from, rows of sum 1 (or 0); a Dask array is not computed.

    Raises
    ------
    InputError
    """
    found = resp if is_dask(resp) else as_numbers(resp, "resp_init")
    if found.shape != (n_rows, k):
        raise InputError(
            f"The parameter 'resp_init' should have the shape of {(n_rows, k)}, but got "
            f"{found.shape}"
        )
    if not is_dask(resp):
        refuse_infinite(found, "resp_init")
        total = found.sum(axis=1)
        if (found < 0.0).any() or not (np.isclose(total, 1.0) | (total == 0.0)).all():
            raise InputError(
                "The parameter 'resp_init' should have rows of nonnegative numbers that sum to 1 "
                f"(or to 0 for rows that take no part in the start), but got sums from "
                f"{total.min():.5f} to {total.max():.5f} and a smallest value of {found.min():.5f}"
            )
    return found
