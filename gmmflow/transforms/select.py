"""`select`: some of the columns, in a given order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import field_validator

from gmmflow.stage import Field
from gmmflow.transforms.base import Affine, Fitted, Transform
from gmmflow.values.columns import positions
from gmmflow.values.moments import Moments


class Select(Transform):
    """Keep the named columns and leave the others out."""

    type: Literal["select"] = "select"
    columns: tuple[str, ...] = Field(
        min_length=1, description="Columns to keep, in this order.", examples=[["waiting"]]
    )

    @field_validator("columns")
    @classmethod
    def _named_once(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Every column is named once."""
        for name in columns:
            if columns.count(name) > 1:
                raise ValueError(f"column {name!r} is named twice")
        return columns

    def fit(self, names: tuple[str, ...], moments: Moments) -> Selected:
        """Positions of the columns; an unknown name is an error."""
        return Selected(
            self.columns, np.array(positions(self.columns, names, "select")), len(names)
        )

    def restore(self, arrays: dict[str, np.ndarray]) -> Selected:
        """The fitted transform that its arrays describe."""
        return Selected(self.columns, arrays["columns"], int(arrays["n_columns"]))


@dataclass(frozen=True)
class Selected(Fitted):
    """x' = x[columns].

    Attributes
    ----------
    kept : tuple of str
        Names of the d' columns.
    columns : (d',) int
        Their positions among the columns that come in.
    n_columns : int
        How many come in.
    """

    kept: tuple[str, ...]
    columns: np.ndarray
    n_columns: int

    def names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Names of the columns that are kept."""
        return self.kept

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """The columns that are kept."""
        return rows[:, self.columns]

    def moments(self, moments: Moments) -> Moments:
        """Moments of the columns that are kept."""
        return Moments(
            moments.n_rows,
            moments.weight,
            moments.mean[self.columns],
            moments.scatter[self.columns],
            moments.low[self.columns],
            moments.high[self.columns],
        )

    def log_abs_det(self) -> float | None:
        """0, or None where columns are left out."""
        return 0.0 if len(self.columns) == self.n_columns else None

    def affine(self) -> Affine:
        """Each column as it is."""
        d = len(self.columns)
        return Affine(self.columns, np.ones(d), np.zeros(d))

    def arrays(self) -> dict[str, np.ndarray]:
        """Positions of the columns."""
        return {"columns": self.columns, "n_columns": np.array(self.n_columns)}
