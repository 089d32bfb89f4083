"""What a covariance family is: which scatter it needs, and the M-step from it.

Laws: `maximize` lowers sum_k n_k log det Sigma_k + tr(Sigma_k^-1 W_k) as far as the family
allows; it uses only (n_k, W_k), so that every family works out of core; a component without a
covariance is named.

The result is one of the forms below, as arrays by name. The form, not the family, decides which
kernel evaluates the density:

dense
    ``covariances`` (k, d, d), or (1, d, d) where all components share one.
diagonal
    ``variances`` (k, d), or (1, d) shared; (k, 1) or (1, 1) is spherical.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Literal

import numpy as np

from gmmflow.stage import Stage
from gmmflow.values.mixture import Parameters

#: Scatter matrices that the sweep can sum: each component's, their sum, or diagonals, or traces.
Scatter = Literal["dense", "pooled", "diagonal", "trace"]


class Covariance(Stage):
    """A family of covariance matrices."""

    kind: ClassVar[str] = "covariances"
    #: Which scatter the M-step needs, and so which kernel sums it.
    needs: ClassVar[Scatter] = "dense"

    @abstractmethod
    def maximize(
        self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Parameters | None
    ) -> Parameters:
        """Maximum-likelihood covariances.

        Parameters
        ----------
        n : (k,)
            Expected rows of each component, all positive.
        scatter : (k, d, d) dense, (1, d, d) pooled, (k, d) diagonal, (k, 1) trace
            Weighted sums of squares about the component means.
        d : int
            Number of columns.
        previous : dict or None
            Last covariances, a warm start for iterative families.

        Returns
        -------
        dict
            A form, see above.
        """

    @abstractmethod
    def n_free(self, k: int, d: int) -> int:
        """Free covariance parameters (mclust's nVarParams)."""
