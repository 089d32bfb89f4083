"""EEV: one volume and shape, orientations of their own."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.covariances.own_axes import along_own_axes, matrices_on
from gmmflow.values.forms import Dense, Form


class EEV(Covariance):
    """Volume and shape are equal, orientations vary: Sigma_k = L_k diag(sum_l w_l / n) L_k'.

    L_k and w_k are the eigenvectors and eigenvalues of W_k, these in the same order for all k.
    """

    type: Literal["EEV"] = "EEV"
    needs: ClassVar[Scatter] = "dense"
    separable: ClassVar[bool] = True

    def maximize(self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None) -> Dense:
        """Covariances (k, d, d)."""
        spread, axes = along_own_axes(scatter)
        return Dense(matrices_on(axes, spread.sum(axis=0, keepdims=True) / n.sum()))

    def n_free(self, k: int, d: int) -> int:
        """One volume and shape, k orientations: d + k d (d - 1) / 2."""
        return d + k * d * (d - 1) // 2
