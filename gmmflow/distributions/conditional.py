"""Components of which some columns are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from gmmflow.values.mixture import Parameters

if TYPE_CHECKING:
    from gmmflow.distributions.base import Distribution


class Conditional(Protocol):
    """What components are in q columns once g others are known."""

    def parameters(self, value: np.ndarray) -> Parameters:
        """Parameters of the components in the q columns, for known values (g,)."""

    def mean(self, values: np.ndarray, component: int) -> np.ndarray:
        """Mean of one component for each row of known values (m, g), (m, q)."""

    def covariance(self, values: np.ndarray, component: int) -> np.ndarray:
        """Covariance of one component, (m, q, q), or (1, q, q) where it is the same for all."""


@dataclass(frozen=True)
class IndependentColumns:
    """A `Conditional` of components whose columns are independent: what is known tells nothing.

    Attributes
    ----------
    distribution : Distribution
    marginal : dict of str to ndarray
        Parameters in the columns that are asked for.
    """

    distribution: Distribution
    marginal: Parameters

    def parameters(self, value: np.ndarray) -> Parameters:
        """Those of the marginal law."""
        return self.marginal

    def mean(self, values: np.ndarray, component: int) -> np.ndarray:
        """The same for all rows, (m, q)."""
        mean = self.distribution.mean(self.marginal)[component]
        return np.broadcast_to(mean, (len(values), len(mean)))

    def covariance(self, values: np.ndarray, component: int) -> np.ndarray:
        """The same for all rows, (1, q, q)."""
        return self.distribution.covariance_matrices(self.marginal)[component][None]
