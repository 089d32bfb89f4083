"""VVI (diag): every component has variances of its own, and no covariances."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.values.forms import Diagonal, Form


class VVI(Covariance):
    """Volume and shape vary, axes are the columns': diag(W_k) / n_k (scikit-learn's "diag")."""

    type: Literal["VVI", "diag"] = "VVI"
    needs: ClassVar[Scatter] = "diagonal"
    separable: ClassVar[bool] = True
    unit_free: ClassVar[bool] = True

    def maximize(
        self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None
    ) -> Diagonal:
        """Variances (k, d)."""
        return Diagonal(scatter / n[:, None])

    def n_free(self, k: int, d: int) -> int:
        """A variance a column and component: k d."""
        return k * d
