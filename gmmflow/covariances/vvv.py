"""VVV (full): every component has a covariance matrix of its own."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.values.forms import Dense, Form


class VVV(Covariance):
    """Volume, shape and orientation vary: Sigma_k = W_k / n_k (scikit-learn's "full")."""

    type: Literal["VVV", "full"] = "VVV"
    needs: ClassVar[Scatter] = "dense"
    separable: ClassVar[bool] = True
    unit_free: ClassVar[bool] = True

    def maximize(self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None) -> Dense:
        """Covariances (k, d, d)."""
        return Dense(scatter / n[:, None, None])

    def n_free(self, k: int, d: int) -> int:
        """A matrix a component: k d (d + 1) / 2."""
        return k * d * (d + 1) // 2
