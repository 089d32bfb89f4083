"""VII (spherical): every component has one variance, the same in all directions."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.values.forms import Form, Spherical


class VII(Covariance):
    """Spheres of varying volume: lambda_k = tr W_k / (n_k d) (scikit-learn's "spherical")."""

    type: Literal["VII", "spherical"] = "VII"
    needs: ClassVar[Scatter] = "trace"
    separable: ClassVar[bool] = True

    def maximize(
        self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None
    ) -> Spherical:
        """Variances (k, 1)."""
        return Spherical(scatter / (n * d)[:, None])

    def n_free(self, k: int, d: int) -> int:
        """One for each component."""
        return k
