"""`standardize`: every column to mean 0 and standard deviation 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gmmflow.errors import DataError
from gmmflow.transforms.base import Affine, Fitted, Transform
from gmmflow.values.moments import Moments


class Standardize(Transform):
    """Subtract the mean of each column and divide by its standard deviation.

    The standard deviation is the maximum-likelihood one, which divides by the total weight.
    """

    type: Literal["standardize"] = "standardize"

    def fit(self, names: tuple[str, ...], moments: Moments) -> Standardized:
        """Means and standard deviations; a constant column is an error."""
        std = np.sqrt(moments.variance)
        constant = (moments.low == moments.high) | (std == 0)
        if constant.any():
            which = ", ".join(
                repr(name) for name, same in zip(names, constant, strict=True) if same
            )
            value = moments.low[constant][0]
            raise DataError(
                f"cannot standardize: column {which} is constant ({value:g} in every row)",
                "leave it out with `columns:` of the data, or with the transform `select`",
            )
        if not np.isfinite(std).all():
            which = ", ".join(
                repr(n) for n, s in zip(names, std, strict=True) if not np.isfinite(s)
            )
            raise DataError(
                f"cannot standardize: the variance of column {which} is beyond float64",
                "express it in a larger unit",
            )
        return Standardized(moments.mean, std)

    def restore(self, arrays: dict[str, np.ndarray]) -> Standardized:
        """The fitted transform that its arrays describe."""
        return Standardized(arrays["mean"], arrays["std"])


@dataclass(frozen=True)
class Standardized(Fitted):
    """x' = (x - mean) / std.

    Attributes
    ----------
    mean, std : (d,) float64
    """

    mean: np.ndarray
    std: np.ndarray

    def names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The names as they are."""
        return names

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """Standardized rows, in the type of the rows."""
        # The difference is taken in float64: far from the origin float32 would lose it.
        out = np.subtract(rows, self.mean)
        out /= self.std
        return out.astype(rows.dtype, copy=False)

    def moments(self, moments: Moments) -> Moments:
        """Moments after the transform."""
        return Moments(
            moments.n_rows,
            moments.weight,
            (moments.mean - self.mean) / self.std,
            moments.scatter / self.std**2,
            (moments.low - self.mean) / self.std,
            (moments.high - self.mean) / self.std,
        )

    def log_abs_det(self) -> float:
        """Minus the sum of the log standard deviations."""
        return -float(np.log(self.std).sum())

    def affine(self) -> Affine:
        """How each column is made of one column."""
        return Affine(np.arange(len(self.std)), 1 / self.std, -self.mean / self.std)

    def arrays(self) -> dict[str, np.ndarray]:
        """Means and standard deviations."""
        return {"mean": self.mean, "std": self.std}
