"""EVI: axes are the columns', one volume, shapes of their own."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.covariances.flat import refuse_zero
from gmmflow.values.forms import Diagonal, Form


class EVI(Covariance):
    """Volumes are equal, shapes vary: Sigma_k = lambda diag(W_k) / g_k, lambda = sum_k g_k / n.

    g_k is the geometric mean of the diagonal of W_k.
    """

    type: Literal["EVI"] = "EVI"
    needs: ClassVar[Scatter] = "diagonal"

    def maximize(
        self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None
    ) -> Diagonal:
        """Variances (k, d)."""
        refuse_zero(self.type, scatter)
        logs = np.log(scatter).mean(axis=1)
        # Factors g_l / g_k in logs, and largest first: nothing overflows on the way.
        volume = logs.max() + np.log(np.exp(logs - logs.max()).sum() / n.sum())
        return Diagonal(scatter * np.exp(volume - logs)[:, None])

    def n_free(self, k: int, d: int) -> int:
        """One volume and k shapes: 1 + k (d - 1)."""
        return 1 + k * (d - 1)
