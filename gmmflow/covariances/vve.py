"""VVE: one orientation, volumes and shapes of their own."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.covariances.shared import shapes_shared, variances_along_shared
from gmmflow.values.forms import Form, Rotated


class VVE(Covariance):
    """Orientation is equal, volumes and shapes vary: Sigma_k = D diag(D' W_k D) D' / n_k.

    D minimises sum_k n_k log det diag(D' W_k D) (`gmmflow.numerics.orientation`). (R's mclust
    leaves the volumes out of it, and ends lower.)
    """

    type: Literal["VVE"] = "VVE"
    needs: ClassVar[Scatter] = "dense"

    def maximize(
        self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None
    ) -> Rotated:
        """Axes (1, d, d), and variances (k, d) along them."""
        axes, variances = variances_along_shared(self.type, n, scatter, previous, equal=False)
        return Rotated(axes, variances / n[:, None])

    def shapes(self, k: int, d: int) -> dict[str, tuple[int, ...]]:
        """Axes, and variances along them."""
        return shapes_shared(k, d)

    def n_free(self, k: int, d: int) -> int:
        """Of k volumes and shapes, one orientation: k d + d (d - 1) / 2."""
        return k * d + d * (d - 1) // 2
