"""What a transform is: fitted on column moments, applied to rows in every sweep.

Laws: `apply` works row by row, so results do not depend on chunking; `log_abs_det` is the log of
the absolute Jacobian determinant, which puts densities back into data units; `affine` is given
where each column is scale * x + shift of one column, and tells how parameters go back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gmmflow.stage import Stage
from gmmflow.values.moments import Moments


@dataclass(frozen=True)
class Affine:
    """x'[j] = scale[j] * x[columns[j]] + shift[j].

    Attributes
    ----------
    columns : (d',) int
        Which column each column after the transform is made from.
    scale, shift : (d',) float64
    """

    columns: np.ndarray
    scale: np.ndarray
    shift: np.ndarray

    def then(self, after: Affine) -> Affine:
        """Both maps, this one first.

        Columns that `after` leaves out count no longer: the log Jacobian of both, seen from the
        columns that are left, is the sum of log |scale|.
        """
        kept = after.columns
        return Affine(
            self.columns[kept],
            self.scale[kept] * after.scale,
            self.shift[kept] * after.scale + after.shift,
        )


class Fitted(ABC):
    """A transform that has seen the data: a plain picklable value."""

    @abstractmethod
    def names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Names of the columns after the transform."""

    @abstractmethod
    def apply(self, rows: np.ndarray) -> np.ndarray:
        """Transformed rows (m, d') of rows (m, d), in their type; the input is not changed."""

    @abstractmethod
    def moments(self, moments: Moments) -> Moments | None:
        """Moments after the transform, or None where only a pass over the rows can tell."""

    @abstractmethod
    def log_abs_det(self) -> float | None:
        """Sum of log |dx'/dx|, the same for every row; None where there is no Jacobian."""

    @abstractmethod
    def affine(self) -> Affine | None:
        """How each column is made of one column; None where it is not so."""

    @abstractmethod
    def arrays(self) -> dict[str, np.ndarray]:
        """What was learned, by name, for the model file."""


class Transform(Stage):
    """Maps rows to rows before anything else sees them."""

    kind: ClassVar[str] = "transforms"

    @abstractmethod
    def fit(self, names: tuple[str, ...], moments: Moments) -> Fitted:
        """Learn from the column moments of what comes in.

        Raises
        ------
        DataError
            The columns cannot be transformed so (a constant column, a name that is not there).
        """

    @abstractmethod
    def restore(self, arrays: dict[str, np.ndarray]) -> Fitted:
        """The fitted transform that `Fitted.arrays` describes."""
