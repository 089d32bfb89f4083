"""Nested lists of numbers, checked."""

from __future__ import annotations

from typing import Any

import numpy as np

#: How far from 1 the sum of given weights may be: three digits are enough, counts are not.
WEIGHT_SUM_TOLERANCE = 1e-3


def as_array(name: str, value: Any) -> np.ndarray:
    """The array (k, ...) float64 of a nested list.

    Raises
    ------
    ValueError
        It is empty or ragged, or has something in it that is not a finite number.
    """
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be a list of numbers, or of lists of equal lengths: {_shown(value)}"
        ) from None
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} must be a list with an entry for each component: {_shown(value)}")
    if not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name}{list(place)} is {array[place]}, and must be a finite number")
    return array


def weight_problem(weights: np.ndarray) -> str | None:
    """What is wrong with mixing proportions (k,), or None."""
    if weights.ndim != 1 or len(weights) == 0:
        return f"weights must be one list of numbers, not of shape {weights.shape}"
    if not (weights > 0).all():
        first = int(np.flatnonzero(~(weights > 0))[0])
        return f"weights[{first}] is {weights[first]:g}, and every weight must be positive"
    total = float(weights.sum())
    if not abs(total - 1.0) <= WEIGHT_SUM_TOLERANCE:
        return f"the weights sum to {total:.6g}, and must sum to 1 (to {WEIGHT_SUM_TOLERANCE:g})"
    return None


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
