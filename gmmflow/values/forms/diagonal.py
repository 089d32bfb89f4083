"""Diagonal: the axes are the columns'."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.values.forms.base import Form
from gmmflow.values.mixture import Parameters


@dataclass(frozen=True)
class Diagonal(Form):
    """No covariances: `variances` (k | 1, d)."""

    variances: np.ndarray

    def arrays(self) -> Parameters:
        """``variances``."""
        return {"variances": self.variances}

    def matrices(self, k: int, d: int) -> np.ndarray:
        """(k, d, d)."""
        return np.broadcast_to(self.variances, (k, d))[:, :, None] * np.eye(d)

    def column_variances(self) -> np.ndarray:
        """(k | 1, d)."""
        return self.variances

    def eigenvalues(self) -> np.ndarray:
        """(k | 1, d)."""
        return self.variances

    def clipped(self, low: np.ndarray, high: np.ndarray) -> Diagonal:
        """Variance by variance."""
        return Diagonal(np.clip(self.variances, low, high))

    def plus(self, ridge: float) -> Diagonal:
        """Variance by variance."""
        return Diagonal(self.variances + ridge)

    def scaled(self, scale: np.ndarray) -> Diagonal:
        """Still diagonal."""
        return Diagonal(self.variances * np.square(scale))

    def marginal(self, columns: np.ndarray) -> Diagonal:
        """Their variances."""
        return Diagonal(self.variances[:, columns])

    def first_singular(self) -> int | None:
        """A component that has a column without variance."""
        good = (self.variances > 0.0) & np.isfinite(self.variances)
        bad = np.flatnonzero(~good.all(axis=1))
        return int(bad[0]) if len(bad) else None

    def deviates(self, component: int, z: np.ndarray) -> np.ndarray:
        """Stretched."""
        return z * np.sqrt(self.variances[component if len(self.variances) > 1 else 0])
