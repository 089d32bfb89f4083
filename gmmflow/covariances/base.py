"""What a covariance family is: which scatter it needs, and the M-step from it.

Laws: `maximize` lowers sum_k n_k log det Sigma_k + tr(Sigma_k^-1 W_k) as far as the family
allows; it uses only (n_k, W_k), so that every family works out of core; a component without a
covariance is named.

The result is one of the forms of `gmmflow.values.forms`: Dense, Rotated, Diagonal or Spherical. The
form, not the family, decides which kernel evaluates the density.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Literal

import numpy as np

from gmmflow.stage import Stage
from gmmflow.values.forms import Form

#: Scatter matrices that the sweep can sum: each component's, their sum, or diagonals, or traces.
Scatter = Literal["dense", "pooled", "diagonal", "trace"]


class Covariance(Stage):
    """A family of covariance matrices."""

    kind: ClassVar[str] = "covariances"
    #: Which scatter the M-step needs, and so which kernel sums it.
    needs: ClassVar[Scatter] = "dense"

    @abstractmethod
    def maximize(self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None) -> Form:
        """Maximum-likelihood covariances.

        Parameters
        ----------
        n : (k,)
            Expected rows of each component, all positive.
        scatter : (k, d, d) dense, (1, d, d) pooled, (k, d) diagonal, (k, 1) trace
            Weighted sums of squares about the component means.
        d : int
            Number of columns.
        previous : Form or None
            Last covariances, in any form: a warm start for iterative families.
        """

    def shapes(self, k: int, d: int) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the arrays of the form, as they can be given to start from."""
        each: dict[Scatter, dict[str, tuple[int, ...]]] = {
            "dense": {"covariances": (k, d, d)},
            "pooled": {"covariances": (1, d, d)},
            "diagonal": {"variances": (k, d)},
            "trace": {"variances": (k, 1)},
        }
        return each[self.needs]

    @abstractmethod
    def n_free(self, k: int, d: int) -> int:
        """Free covariance parameters (mclust's nVarParams)."""
