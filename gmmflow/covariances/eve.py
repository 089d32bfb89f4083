"""EVE: one volume and orientation, shapes of their own."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.covariances.shared import shapes_shared, variances_along_shared
from gmmflow.values.forms import Form, Rotated


class EVE(Covariance):
    """Volume and orientation are equal, shapes vary: Sigma_k = lambda D diag(t_k) D' / g_k.

    t_k is the diagonal of D' W_k D, g_k its geometric mean, lambda = sum_k g_k / n, and D minimises
    lambda (`gmmflow.numerics.orientation`).
    """

    type: Literal["EVE"] = "EVE"
    needs: ClassVar[Scatter] = "dense"

    def maximize(
        self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None
    ) -> Rotated:
        """Axes (1, d, d), and variances (k, d) along them."""
        axes, variances = variances_along_shared(self.type, n, scatter, previous, equal=True)
        logs = np.log(variances).mean(axis=1)
        volume = logs.max() + np.log(np.exp(logs - logs.max()).sum() / n.sum())
        return Rotated(axes, variances * np.exp(volume - logs)[:, None])

    def shapes(self, k: int, d: int) -> dict[str, tuple[int, ...]]:
        """Axes, and variances along them."""
        return shapes_shared(k, d)

    def n_free(self, k: int, d: int) -> int:
        """One volume, k shapes, one orientation: 1 + k (d - 1) + d (d - 1) / 2."""
        return 1 + k * (d - 1) + d * (d - 1) // 2
