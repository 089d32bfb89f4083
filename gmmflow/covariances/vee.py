"""VEE: one shape and orientation, volumes of their own."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.covariances.flat import no_common_shape, refuse_flat, refuse_zero
from gmmflow.covariances.shared import shapes_shared
from gmmflow.numerics.linalg import first_singular
from gmmflow.numerics.volumes import common_shape
from gmmflow.values.forms import Form, Rotated


class VEE(Covariance):
    """Volumes vary, shape and orientation are equal: Sigma_k = lambda_k C.

    There is one optimum (`gmmflow.numerics.volumes`); it is reached to rounding error.
    """

    type: Literal["VEE"] = "VEE"
    needs: ClassVar[Scatter] = "dense"

    def maximize(
        self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None
    ) -> Rotated:
        """Axes (1, d, d), and variances (k, d) along them."""
        refuse_zero(self.type, np.einsum("kii->k", scatter)[:, None])
        if first_singular(scatter.sum(axis=0, keepdims=True)) is not None:
            raise no_common_shape(self.type)
        start = None
        if isinstance(previous, Rotated):
            start = np.exp(np.log(previous.variances).mean(axis=1))
        try:
            volumes, shape = common_shape(n, scatter, start)
        except np.linalg.LinAlgError:
            raise no_common_shape(self.type) from None
        variances, axes = np.linalg.eigh(shape)
        refuse_flat(self.type, variances[None], shape[None], axes[None])
        return Rotated(axes[None, :, ::-1].copy(), volumes[:, None] * variances[::-1])

    def shapes(self, k: int, d: int) -> dict[str, tuple[int, ...]]:
        """Axes, and variances along them."""
        return shapes_shared(k, d)

    def n_free(self, k: int, d: int) -> int:
        """Of k volumes, one shape, one orientation: k + d - 1 + d (d - 1) / 2."""
        return k + d - 1 + d * (d - 1) // 2
