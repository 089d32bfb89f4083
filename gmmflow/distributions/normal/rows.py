"""Moments of all rows, as the statistics of a sweep have them: the scale of the data.

The components' responsibilities of a row sum to 1, so that these do not change from sweep to sweep
by more than rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RowMoments:
    """Moments of all rows.

    Attributes
    ----------
    weight : float
        Sum of the row weights.
    mean : (d,)
    scatter : (d, d), (d,) or (1,)
        About the mean, in the shape of one component's scatter.
    """

    weight: float
    mean: np.ndarray
    scatter: np.ndarray

    @property
    def spread(self) -> np.ndarray:
        """Variances of the columns (d,), or their mean (1,)."""
        squares = np.diagonal(self.scatter) if self.scatter.ndim == 2 else self.scatter
        return squares / (self.weight * (len(self.mean) if len(squares) == 1 else 1.0))

    @classmethod
    def of(
        cls, n: np.ndarray, offsets: np.ndarray, scatter: np.ndarray, centre: np.ndarray
    ) -> RowMoments:
        """From those of the components: n (k,), means from the centre (k, d), and scatter."""
        weight = float(n.sum())
        mean = n @ offsets / weight
        delta = offsets - mean
        total = scatter.sum(axis=0)
        if scatter.ndim == 3:
            total = total + (n * delta.T) @ delta
        else:
            between = n @ np.square(delta)
            total = total + (between if len(total) == len(between) else between.sum())
        return cls(weight, centre + mean, total)
