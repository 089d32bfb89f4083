"""VEI: axes are the columns', one shape, volumes of their own."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.covariances.flat import no_common_shape, refuse_zero
from gmmflow.numerics.volumes import common_shape
from gmmflow.values.forms import Diagonal, Form


class VEI(Covariance):
    """Volumes vary, the shape is equal: Sigma_k = lambda_k diag(b).

    There is one optimum (`gmmflow.numerics.volumes`); it is reached to rounding error.
    """

    type: Literal["VEI"] = "VEI"
    needs: ClassVar[Scatter] = "diagonal"

    def maximize(
        self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None
    ) -> Diagonal:
        """Variances (k, d)."""
        refuse_zero(self.type, scatter.sum(axis=1, keepdims=True))
        start = None
        if isinstance(previous, Diagonal) and len(previous.variances) == len(n):
            start = np.exp(np.log(previous.variances).mean(axis=1))
        try:
            volumes, shape = common_shape(n, np.maximum(scatter, 0.0), start)
        except np.linalg.LinAlgError:
            raise no_common_shape(self.type) from None
        return Diagonal(volumes[:, None] * shape)

    def n_free(self, k: int, d: int) -> int:
        """Of k volumes and one shape: k + d - 1."""
        return k + d - 1
