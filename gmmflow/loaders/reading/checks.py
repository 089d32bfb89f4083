"""What is wrong with rows that were just read, said with the file, the column and the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gmmflow.errors import DataError

_SHOWN = 3
_TILE = 1024


@dataclass(frozen=True)
class Where:
    """Where a run of rows comes from.

    Attributes
    ----------
    source : str
        A file, or what else holds the rows.
    first_row : int
        Number of the first of them, from 1.
    lines : callable, optional
        From row numbers to the lines of the file they start on, if that can be told.
    remedy : str
        What to do about a missing value.
    """

    source: str
    first_row: int = 1
    lines: Callable[[Sequence[int]], Sequence[int]] | None = None
    remedy: str = (
        "leave such rows out with `missing: drop`, or choose other columns with `columns:`"
    )

    def rows(self, bad: np.ndarray) -> str:
        """The rows of a mask (m,) in words: "row 3 (line 4)", "rows 1, 2, 3, ... (9 in all)"."""
        return rows_text((np.flatnonzero(bad) + self.first_row).tolist(), self.lines)


def in_array(first_row: int) -> Where:
    """Rows of an array that Python code handed over."""
    return Where("x", first_row, remedy="leave these rows out, or fill in their values")


def rows_text(
    rows: Sequence[int], lines: Callable[[Sequence[int]], Sequence[int]] | None = None
) -> str:
    """Row numbers in words, the first few of them."""
    shown = rows[:_SHOWN]
    at = [f" (line {line})" for line in lines(shown)] if lines is not None else []
    words = [f"{row}{line}" for row, line in zip(shown, at or [""] * len(shown), strict=True)]
    if len(rows) == 1:
        return f"row {words[0]}"
    rest = f", ... ({len(rows)} here)" if len(rows) > _SHOWN else ""
    return f"rows {', '.join(words)}{rest}"


def matrix(columns: Sequence[np.ndarray], out: np.ndarray) -> np.ndarray:
    """Put columns, each (m,), into rows `out` (m, d); too large for its type becomes infinity.

    Tile by tile: a column at a time would touch every line of memory d times.
    """
    with np.errstate(over="ignore"):
        for start in range(0, len(out), _TILE):
            part = slice(start, start + _TILE)
            for j, column in enumerate(columns):
                np.copyto(out[part, j], column[part], casting="unsafe")
    return out


def present(
    rows: np.ndarray,
    names: Sequence[str],
    where: Where,
    weight: np.ndarray | None = None,
    weight_name: str = "sample_weight",
    missing: Literal["refuse", "drop"] = "refuse",
) -> np.ndarray | None:
    """Check rows (m, d) and their weights (m,).

    Returns
    -------
    (m,) bool or None
        Which rows lack no value; None if all do so.

    Raises
    ------
    DataError
        A value is infinite; a value is missing (NaN) and `missing` is "refuse"; a weight is
        negative, infinite or missing.
    """
    lacking = np.zeros(len(rows), bool)
    if not np.isfinite(rows).all():
        for name, column in zip(names, rows.T, strict=True):
            lacking |= _lacking(column, name, where, missing)
    if weight is not None:
        lacking |= _lacking(weight, weight_name, where, missing)
        if (weight < 0).any():
            raise DataError(
                f"{where.source}: weight {weight_name!r} is negative in {where.rows(weight < 0)}",
                "weights say how often a row counts: 0 or more",
            )
    return ~lacking if lacking.any() else None


def _lacking(column: np.ndarray, name: str, where: Where, missing: str) -> np.ndarray:
    """Rows without a value; infinity, and missing values if they are refused, are errors."""
    infinite = np.isinf(column)
    if infinite.any():
        narrow = column.dtype == np.float32
        too_large = ", or a number too large for float32," if narrow else ""
        raise DataError(
            f"{where.source}: column {name!r} holds infinity{too_large} in {where.rows(infinite)}",
            "correct these rows or leave the column out"
            + ("; with `dtype: float64` numbers up to 1e308 are allowed" if narrow else ""),
        )
    lacking = np.isnan(column)
    if missing == "refuse" and lacking.any():
        raise DataError(
            f"{where.source}: column {name!r} has no value (empty or NaN) in {where.rows(lacking)}",
            where.remedy,
        )
    return lacking
