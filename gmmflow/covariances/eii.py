"""EII: spheres of one volume."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.values.forms import Form, Spherical


class EII(Covariance):
    """Spheres of equal volume: lambda = sum_k tr W_k / (n d)."""

    type: Literal["EII"] = "EII"
    needs: ClassVar[Scatter] = "trace"
    separable: ClassVar[bool] = True

    def maximize(
        self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None
    ) -> Spherical:
        """Variances (1, 1)."""
        return Spherical(np.array([[scatter.sum() / (n.sum() * d)]]))

    def shapes(self, k: int, d: int) -> dict[str, tuple[int, ...]]:
        """One variance."""
        return {"variances": (1, 1)}

    def n_free(self, k: int, d: int) -> int:
        """One variance."""
        return 1
