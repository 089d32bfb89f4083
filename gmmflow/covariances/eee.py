"""EEE (tied): all components share one covariance matrix."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.values.forms import Dense, Form


class EEE(Covariance):
    """Equal volume, shape and orientation: Sigma = sum_k W_k / n (scikit-learn's "tied")."""

    type: Literal["EEE", "tied"] = "EEE"
    needs: ClassVar[Scatter] = "pooled"
    separable: ClassVar[bool] = True
    unit_free: ClassVar[bool] = True

    def maximize(self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None) -> Dense:
        """Covariances (1, d, d)."""
        return Dense(scatter / n.sum())

    def n_free(self, k: int, d: int) -> int:
        """One matrix: d (d + 1) / 2."""
        return d * (d + 1) // 2
