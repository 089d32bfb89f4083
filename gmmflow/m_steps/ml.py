"""ml: maximum likelihood of the parameters that are to be learned."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gmmflow.distributions.base import Distribution
from gmmflow.m_steps.updating import Updating
from gmmflow.values.mixture import Parameters, Statistics


class MaximumLikelihood(Updating):
    """Maximises the expected complete-data log-likelihood."""

    type: Literal["ml"] = "ml"

    def parameters(
        self,
        distribution: Distribution,
        statistics: Statistics,
        centre: np.ndarray,
        previous: Parameters | None,
        update: frozenset[str],
    ) -> Parameters:
        """Maximum-likelihood parameters of the components."""
        return distribution.maximize(statistics, centre, previous, update)

    def keeps_nesting(self, distribution: Distribution) -> bool:
        """Where all parameters of the components are learned, exactly."""
        learned = self.updated(distribution).issuperset(distribution.parameter_names)
        return learned and distribution.monotone
