"""Rotated: all components share their axes (VEE, EVE, VVE)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.values.forms.base import Form
from gmmflow.values.forms.dense import Dense
from gmmflow.values.mixture import Parameters


@dataclass(frozen=True)
class Rotated(Form):
    """Sigma_k = D diag(v_k) D': `orientation` D (1, d, d), and `variances` v (k, d) along its axes.

    The axes are the columns of D.
    """

    orientation: np.ndarray
    variances: np.ndarray

    def arrays(self) -> Parameters:
        """``orientation`` and ``variances``."""
        return {"orientation": self.orientation, "variances": self.variances}

    def matrices(self, k: int, d: int) -> np.ndarray:
        """(k, d, d)."""
        axes = self.orientation[0]
        product = (axes * self.variances[:, None, :]) @ axes.T
        # Symmetric to the last bit, as every other covariance matrix is.
        return np.broadcast_to((product + product.transpose(0, 2, 1)) / 2.0, (k, d, d))

    def column_variances(self) -> np.ndarray:
        """(k, d)."""
        return self.variances @ np.square(self.orientation[0]).T

    def eigenvalues(self) -> np.ndarray:
        """(k, d), in the order of the axes."""
        return self.variances

    def clipped(self, low: np.ndarray, high: np.ndarray) -> Rotated:
        """The axes stay."""
        return Rotated(self.orientation, np.clip(self.variances, low, high))

    def plus(self, ridge: float) -> Rotated:
        """The axes stay."""
        return Rotated(self.orientation, self.variances + ridge)

    def scaled(self, scale: np.ndarray) -> Form:
        """Equal scales keep the axes; others leave dense matrices."""
        if (scale == scale[0]).all():
            return Rotated(self.orientation, self.variances * scale[0] ** 2)
        return Dense(self.matrices(*self.variances.shape)).scaled(scale)

    def marginal(self, columns: np.ndarray) -> Dense:
        """Columns of a rotated matrix share no axes."""
        return Dense(self.matrices(*self.variances.shape)).marginal(columns)

    def first_singular(self) -> int | None:
        """A matrix that has a variance of 0, or none, along an axis."""
        good = (self.variances > 0.0) & np.isfinite(self.variances)
        bad = np.flatnonzero(~good.all(axis=1))
        return int(bad[0]) if len(bad) else None

    def deviates(self, component: int, z: np.ndarray) -> np.ndarray:
        """Stretched, then turned."""
        return np.asarray((z * np.sqrt(self.variances[component])) @ self.orientation[0].T)
