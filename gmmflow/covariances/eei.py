"""EEI: one variance a column, the same for all components."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.base import Covariance, Scatter
from gmmflow.values.forms import Diagonal, Form


class EEI(Covariance):
    """Equal volume and shape, axes are the columns': diag(sum_k W_k) / n."""

    type: Literal["EEI"] = "EEI"
    needs: ClassVar[Scatter] = "diagonal"
    separable: ClassVar[bool] = True
    unit_free: ClassVar[bool] = True

    def maximize(
        self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None
    ) -> Diagonal:
        """Variances (1, d)."""
        return Diagonal(scatter.sum(axis=0, keepdims=True) / n.sum())

    def shapes(self, k: int, d: int) -> dict[str, tuple[int, ...]]:
        """A variance a column."""
        return {"variances": (1, d)}

    def n_free(self, k: int, d: int) -> int:
        """A variance a column: d."""
        return d
