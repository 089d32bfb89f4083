"""What every form of covariances can say, without knowing the family it came from.

The leading axis is the component, or 1 where all components share one matrix.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from gmmflow.values.mixture import Parameters


class Form(ABC):
    """Covariance matrices of k components in d columns, stored as their form allows."""

    @abstractmethod
    def arrays(self) -> Parameters:
        """The numbers by name, as they stand among the parameters of a mixture."""

    @abstractmethod
    def matrices(self, k: int, d: int) -> np.ndarray:
        """All matrices, (k, d, d)."""

    @abstractmethod
    def column_variances(self) -> np.ndarray:
        """Diagonals of the matrices, (k | 1, d | 1)."""

    @abstractmethod
    def eigenvalues(self) -> np.ndarray:
        """Eigenvalues of the matrices, (k | 1, d | 1), in no order."""

    def extreme_eigenvalues(self) -> tuple[np.ndarray, np.ndarray]:
        """Smallest and largest eigenvalue of each matrix, (k | 1,) each."""
        values = self.eigenvalues()
        return values.min(axis=1), values.max(axis=1)

    @abstractmethod
    def clipped(self, low: np.ndarray, high: np.ndarray) -> Form:
        """The matrices with eigenvalues between `low` and `high`, each (k | 1, 1)."""

    @abstractmethod
    def plus(self, ridge: float) -> Form:
        """The matrices with `ridge` added to every diagonal entry."""

    @abstractmethod
    def scaled(self, scale: np.ndarray) -> Form:
        """Covariances of scale * x, (d,), for x of these."""

    @abstractmethod
    def marginal(self, columns: np.ndarray) -> Form:
        """Covariances of these columns alone (indices, in this order)."""

    @abstractmethod
    def first_singular(self) -> int | None:
        """Index of the first matrix that is not numerically positive definite, or None."""

    @abstractmethod
    def deviates(self, component: int, z: np.ndarray) -> np.ndarray:
        """Rows (m, d) of one component's covariance about 0, from standard normal z (m, d)."""
