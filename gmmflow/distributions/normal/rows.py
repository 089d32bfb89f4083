"""Moments of all rows, as the statistics of a sweep have them: the scale of the data.

The components' responsibilities of a row sum to 1, so that these do not change from sweep to sweep
by more than rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class RowMoments:
    """Moments of all rows, from those of the components; made when they are asked for.

    Attributes
    ----------
    n : (k,)
        Expected rows of each component.
    offsets : (k, d)
        Means of the components from the centre.
    scatters : (k | 1, d, d) or (k, d | 1)
        About these means.
    centre : (d,)
    """

    n: np.ndarray
    offsets: np.ndarray
    scatters: np.ndarray
    centre: np.ndarray

    @cached_property
    def weight(self) -> float:
        """Sum of the row weights."""
        return float(self.n.sum())

    @cached_property
    def mean(self) -> np.ndarray:
        """Mean of all rows, (d,)."""
        return np.asarray(self.centre + self.n @ self.offsets / self.weight)

    @cached_property
    def scatter(self) -> np.ndarray:
        """About the mean, in the shape of one component's scatter: (d, d), (d,) or (1,)."""
        delta = self.offsets - self.n @ self.offsets / self.weight
        total: np.ndarray = self.scatters.sum(axis=0)
        if self.scatters.ndim == 3:
            return total + (self.n * delta.T) @ delta
        between = self.n @ np.square(delta)
        return total + (between if len(total) == len(between) else between.sum())

    @property
    def spread(self) -> np.ndarray:
        """Variances of the columns (d,), or their mean (1,)."""
        squares = np.diagonal(self.scatter) if self.scatter.ndim == 2 else self.scatter
        return squares / (self.weight * (len(self.mean) if len(squares) == 1 else 1.0))
