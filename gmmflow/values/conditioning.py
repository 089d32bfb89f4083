"""How near the covariance matrices are to singular ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.values.mixture import Mixture


@dataclass(frozen=True)
class Conditioning:
    """Extreme eigenvalues of the covariance matrices, in the squared units of the columns.

    Attributes
    ----------
    smallest, largest : (k,)
        Of each component; a smallest one of 0 belongs to a singular matrix, and NaN to a law
        without variances.
    """

    smallest: np.ndarray
    largest: np.ndarray

    @property
    def condition(self) -> np.ndarray:
        """Condition number of each matrix, (k,): largest eigenvalue over smallest."""
        return _over(self.largest, self.smallest)

    @property
    def ratio(self) -> float:
        """Largest eigenvalue of all components over the smallest of all.

        A bound on it keeps the likelihood bounded: Hathaway 1985, Annals of Statistics 13:795-800.
        """
        return float(_over(self.largest.max(), self.smallest.min()))


def _over(largest: np.ndarray, smallest: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(smallest == 0.0, np.inf, largest / smallest)


def smallest_eigenvalue(mixture: Mixture) -> float:
    """Smallest eigenvalue of all covariance matrices of a mixture."""
    smallest, _ = mixture.distribution.extreme_eigenvalues(mixture.parameters)
    return float(smallest.min())
