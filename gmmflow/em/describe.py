"""The first look at the rows: moments, finiteness, and columns that deserve a word."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from gmmflow.em.frame import Frame
from gmmflow.errors import DataError
from gmmflow.executors.base import Engine
from gmmflow.transforms.base import Fitted
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.moments import Moments, measure, merge
from gmmflow.values.row_pass import RowPass

#: A column with at most this many distinct values is called discrete; so many rows of every span
#: are looked at.
DISCRETE_VALUES = 10
DISCRETE_ROWS = 1000
#: Below so many rows few distinct values mean nothing.
DISCRETE_MIN_ROWS = 100


@dataclass(frozen=True)
class Description:
    """Moments of the columns, and the distinct values of those that have few."""

    moments: Moments
    distinct: tuple[frozenset[float] | None, ...]


@dataclass(frozen=True)
class Describe:
    """Leaf of the describing pass."""

    transforms: tuple[Fitted, ...]
    names: tuple[str, ...]

    def __call__(self, span: Chunk) -> Description:
        """Describe one span.

        Raises
        ------
        DataError
            A value is not finite.
        """
        rows = Frame(self.transforms, np.zeros(len(self.names))).apply(span.rows)
        # Sums of numbers near the end of the range overflow; `prepare` refuses such columns.
        with np.errstate(over="ignore", invalid="ignore"):
            moments = measure(rows, span.sample_weight)
            total = rows.sum(dtype=np.float64)
        if not np.isfinite(total) and not np.isfinite(rows).all():
            self.refuse(rows, span.first_row)
        return Description(moments, tuple(_few(column) for column in rows[:DISCRETE_ROWS].T))

    def refuse(self, rows: np.ndarray, first_row: int) -> None:
        """Name the rows and columns that are not finite."""
        row, column = np.nonzero(~np.isfinite(rows))
        where = ", ".join(
            f"row {first_row + r + 1} column {self.names[c]} ({rows[r, c]})"
            for r, c in list(zip(row, column, strict=True))[:5]
        )
        more = f" and {len(row) - 5} more" if len(row) > 5 else ""
        raise DataError(
            f"values that are not finite: {where}{more} (rows count from 1)",
            "remove the rows, or drop them while reading (`missing: drop` for missing values)",
        )


def add(a: Description, b: Description) -> Description:
    """Description of both sets of rows."""
    with np.errstate(over="ignore", invalid="ignore"):
        moments = merge(a.moments, b.moments)
    return Description(
        moments,
        tuple(
            None if x is None or y is None or len(x | y) > DISCRETE_VALUES else x | y
            for x, y in zip(a.distinct, b.distinct, strict=True)
        ),
    )


def describe(
    data: Dataset, engine: Engine, transforms: tuple[Fitted, ...], names: tuple[str, ...]
) -> Description:
    """Describe the transformed columns in one pass.

    Raises
    ------
    DataError
        There are no rows, or a value is not finite.
    """
    description = engine.reduce(data, RowPass(Describe(transforms, names), add))
    if description is None or description.moments.n_rows == 0:
        raise DataError(
            "there are no rows to fit" + (" (of positive weight)" if data.n_rows else ""),
            "look at the file, and at `missing` and `sample_weight` in the data section",
        )
    return description


def remarks(description: Description, names: tuple[str, ...]) -> list[str]:
    """What a user should know of the columns, each with a remedy."""
    moments, notes = description.moments, []
    for a, b in combinations(range(len(names)), 2):
        if moments.scatter[a] > 0.0 and all(
            values[a] == values[b]
            for values in (moments.mean, moments.scatter, moments.low, moments.high)
        ):
            notes.append(
                f"columns {names[a]} and {names[b]} look identical: a full covariance is singular; "
                "leave one out with `data.columns`"
            )
    if moments.n_rows >= DISCRETE_MIN_ROWS:
        for name, distinct in zip(names, description.distinct, strict=True):
            if distinct is not None and len(distinct) > 1:
                notes.append(
                    f"column {name} has only {len(distinct)} distinct values: a component may "
                    "collapse onto one of them; leave it out with `data.columns` if it is a code"
                )
    return notes


def _few(column: np.ndarray) -> frozenset[float] | None:
    """Distinct values of a column, None if they are many."""
    distinct = np.unique(column)
    return frozenset(distinct.tolist()) if len(distinct) <= DISCRETE_VALUES else None
