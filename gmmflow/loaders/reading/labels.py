"""Known classes: from the values of a column to codes, in an order that no row decides.

Classes are called by their text (``1.0`` and ``1`` are both class "1"). They are sorted as
numbers if all of them are numbers, else as text. A row without a value has code -1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gmmflow.errors import DataError

#: More classes than this are a measurement or an identifier by mistake.
MAX_CLASSES = 10_000


def name_of(value: Any) -> str | None:
    """Name of the class that a value stands for; None where it is missing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        if math.isnan(value):
            return None
        return str(int(value)) if float(value).is_integer() else str(float(value))
    return str(value)


def order(names: Iterable[str], where: str) -> tuple[str, ...]:
    """The classes in the order of their codes.

    Raises
    ------
    DataError
        There are none, or more than `MAX_CLASSES`.
    """
    found = set(names)
    if not found:
        raise DataError(f"{where}: no row has a label", "name another column in `labels:`")
    if len(found) > MAX_CLASSES:
        raise DataError(
            f"{where}: the labels have {len(found)} different values, at most {MAX_CLASSES} are "
            f"allowed",
            "name a column of classes in `labels:`, not a measurement or an identifier",
        )
    try:
        return tuple(sorted(found, key=lambda name: (float(name), name)))
    except ValueError:
        return tuple(sorted(found))


def encode(values: Sequence[Any], inverse: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Codes (m,) int32 of rows whose values are ``values[inverse]``; -1 where there is none."""
    code = {name: i for i, name in enumerate(names)}
    table = [-1 if (name := name_of(v)) is None else code[name] for v in values]
    return np.asarray([*table, -1], np.int32)[inverse]
