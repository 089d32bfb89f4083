"""Spherical: one variance in all directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.values.forms.base import Form
from gmmflow.values.forms.diagonal import Diagonal
from gmmflow.values.mixture import Parameters


@dataclass(frozen=True)
class Spherical(Form):
    """Multiples of the identity: `variances` (k | 1, 1)."""

    variances: np.ndarray

    def arrays(self) -> Parameters:
        """``variances``."""
        return {"variances": self.variances}

    def matrices(self, k: int, d: int) -> np.ndarray:
        """(k, d, d)."""
        return np.broadcast_to(self.variances, (k, 1))[:, :, None] * np.eye(d)

    def column_variances(self) -> np.ndarray:
        """(k | 1, 1)."""
        return self.variances

    def eigenvalues(self) -> np.ndarray:
        """(k | 1, 1)."""
        return self.variances

    def clipped(self, low: np.ndarray, high: np.ndarray) -> Spherical:
        """Component by component."""
        return Spherical(np.clip(self.variances, low, high))

    def plus(self, ridge: float) -> Spherical:
        """Component by component."""
        return Spherical(self.variances + ridge)

    def scaled(self, scale: np.ndarray) -> Form:
        """Unequal scales make ellipses of spheres."""
        if (scale == scale[0]).all():
            return Spherical(self.variances * scale[0] ** 2)
        return Diagonal(self.variances * np.square(scale))

    def marginal(self, columns: np.ndarray) -> Spherical:
        """The same in any columns."""
        return self

    def first_singular(self) -> int | None:
        """A component without variance."""
        bad = np.flatnonzero(~((self.variances > 0.0) & np.isfinite(self.variances))[:, 0])
        return int(bad[0]) if len(bad) else None

    def deviates(self, component: int, z: np.ndarray) -> np.ndarray:
        """Stretched alike."""
        return z * np.sqrt(self.variances[component if len(self.variances) > 1 else 0])
