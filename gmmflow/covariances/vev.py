"""VEV: one shape, volumes and orientations of their own."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.covariances.flat import no_common_shape
from gmmflow.covariances.own_axes import along_own_axes, matrices_on, refuse_common
from gmmflow.numerics.volumes import common_shape
from gmmflow.values.forms import Dense, Form


class VEV(Covariance):
    """The shape is equal, volumes and orientations vary: Sigma_k = lambda_k L_k diag(a) L_k'.

    L_k are the eigenvectors of W_k, in the order of their eigenvalues; lambda_k and a are as in VEI
    for these eigenvalues. There is one optimum; it is reached to rounding error.
    """

    type: Literal["VEV"] = "VEV"
    needs: ClassVar[Scatter] = "dense"

    def maximize(self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None) -> Dense:
        """Covariances (k, d, d)."""
        spread, axes = along_own_axes(scatter)
        refuse_common(self.type, spread)
        try:
            # The eigenvalues themselves are the best start there is.
            volumes, shape = common_shape(n, spread)
        except np.linalg.LinAlgError:
            raise no_common_shape(self.type) from None
        return Dense(matrices_on(axes, volumes[:, None] * shape))

    def n_free(self, k: int, d: int) -> int:
        """Of k volumes, one shape, k orientations: k + d - 1 + k d (d - 1) / 2."""
        return k + d - 1 + k * d * (d - 1) // 2
