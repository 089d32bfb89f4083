"""Dense: matrices without a structure of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.numerics.eigenvalues import extreme_eigenvalues
from gmmflow.numerics.linalg import first_singular
from gmmflow.values.forms.base import Form
from gmmflow.values.mixture import Parameters


@dataclass(frozen=True)
class Dense(Form):
    """Matrices entry by entry: `covariances` (k | 1, d, d)."""

    covariances: np.ndarray

    def arrays(self) -> Parameters:
        """``covariances``."""
        return {"covariances": self.covariances}

    def matrices(self, k: int, d: int) -> np.ndarray:
        """(k, d, d)."""
        return np.broadcast_to(self.covariances, (k, d, d))

    def column_variances(self) -> np.ndarray:
        """(k | 1, d)."""
        return np.einsum("kii->ki", self.covariances)

    def eigenvalues(self) -> np.ndarray:
        """(k | 1, d), ascending."""
        return np.linalg.eigvalsh(self.covariances)

    def extreme_eigenvalues(self) -> tuple[np.ndarray, np.ndarray]:
        """The smallest one by the inverse: an eigenvalue solver loses its digits."""
        return extreme_eigenvalues(self.covariances)

    def clipped(self, low: np.ndarray, high: np.ndarray) -> Dense:
        """The nearest matrices in likelihood: eigenvectors stay."""
        values, vectors = np.linalg.eigh(self.covariances)
        inside = np.clip(values, low, high)
        if (inside == values).all():
            return self
        return Dense((vectors * inside[:, None, :]) @ vectors.transpose(0, 2, 1))

    def plus(self, ridge: float) -> Dense:
        """Only the diagonals change."""
        return Dense(self.covariances + ridge * np.eye(self.covariances.shape[-1]))

    def scaled(self, scale: np.ndarray) -> Dense:
        """Still dense."""
        return Dense(self.covariances * np.outer(scale, scale))

    def marginal(self, columns: np.ndarray) -> Dense:
        """Rows and columns of the matrices."""
        return Dense(self.covariances[:, columns[:, None], columns])

    def first_singular(self) -> int | None:
        """By the pivots of its correlations."""
        return first_singular(self.covariances)

    def deviates(self, component: int, z: np.ndarray) -> np.ndarray:
        """Through the Cholesky factor of the correlations."""
        covariance = self.covariances[component if len(self.covariances) > 1 else 0]
        scale = np.sqrt(np.diagonal(covariance))
        factor = np.linalg.cholesky(covariance / np.outer(scale, scale))
        return np.asarray((z @ factor.T) * scale)
