"""EVV: one volume, shapes and orientations of their own."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.covariances.flat import flat_component
from gmmflow.numerics.linalg import first_singular
from gmmflow.values.forms import Dense, Form


class EVV(Covariance):
    """Volumes are equal, shapes and orientations vary: Sigma_k = lambda W_k / g_k.

    g_k is det(W_k)^(1/d), and lambda = sum_k g_k / n.
    """

    type: Literal["EVV"] = "EVV"
    needs: ClassVar[Scatter] = "dense"

    def maximize(self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None) -> Dense:
        """Covariances (k, d, d)."""
        singular = first_singular(scatter)
        if singular is not None:
            raise flat_component(self.type, singular)
        logs = np.linalg.slogdet(scatter)[1] / d
        volume = logs.max() + np.log(np.exp(logs - logs.max()).sum() / n.sum())
        return Dense(scatter * np.exp(volume - logs)[:, None, None])

    def n_free(self, k: int, d: int) -> int:
        """One volume, k shapes and orientations: 1 + k (d (d + 1) / 2 - 1)."""
        return 1 + k * (d * (d + 1) // 2 - 1)
