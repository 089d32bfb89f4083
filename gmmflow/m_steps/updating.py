"""What M-steps share that may leave parameters alone: which are learned, and the weights."""

from __future__ import annotations

from abc import abstractmethod
from typing import Literal

import numpy as np

from gmmflow.distributions.base import Distribution
from gmmflow.m_steps.base import MStep
from gmmflow.stage import Field
from gmmflow.values.mixture import Mixture, Parameters, Statistics


class Updating(MStep):
    """An M-step with the options `update` and `weights`."""

    update: tuple[str, ...] | None = Field(
        None,
        min_length=1,
        description="Parameters to learn, such as [weights, means]; the others keep the values of "
        "the start. By default all.",
        examples=[["means"]],
    )
    weights: Literal["free", "equal"] = Field(
        "free", description="Mixing proportions: estimated, or 1 / components for all."
    )

    @abstractmethod
    def parameters(
        self,
        distribution: Distribution,
        statistics: Statistics,
        centre: np.ndarray,
        previous: Parameters | None,
        update: frozenset[str],
    ) -> Parameters:
        """Parameters of the components: `Distribution.maximize`, in this M-step's way."""

    def updated(self, distribution: Distribution) -> frozenset[str]:
        """Names that are learned."""
        everything = ("weights", *distribution.parameter_names)
        return frozenset(everything if self.update is None else self.update)

    def maximize(
        self,
        distribution: Distribution,
        previous: Mixture | None,
        statistics: Statistics,
        centre: np.ndarray,
        about: Parameters | None = None,
    ) -> Mixture:
        """The next mixture; without a previous one everything is estimated."""
        update = frozenset(("weights", *distribution.parameter_names))
        if previous is not None:
            update = self.updated(distribution)
        parameters = self.parameters(
            distribution, statistics, centre, about if previous is None else previous.parameters,
            update,
        )  # fmt: skip
        counts = distribution.counts(statistics)
        if self.weights == "equal":
            weights = np.full(len(counts), 1.0 / len(counts))
        elif previous is not None and "weights" not in update:
            weights = previous.weights
        else:
            weights = counts / counts.sum()
        return Mixture(distribution, weights, parameters)

    def n_free(self, distribution: Distribution, k: int, d: int) -> int:
        """Free parameters: those that are learned, k - 1 of the weights among them."""
        update = self.updated(distribution)
        weights = k - 1 if self.weights == "free" and "weights" in update else 0
        return weights + distribution.n_free(k, d, update)

    def refuse(self, distribution: Distribution) -> str | None:
        """Names in `update` that the distribution does not have, or does not learn alone."""
        known = ("weights", *distribution.parameter_names)
        unknown = [name for name in self.update or () if name not in known]
        if unknown:
            return (
                f"update names {', '.join(unknown)}, which {distribution.type} does not have; "
                f"its parameters are {', '.join(known)}"
            )
        return distribution.refuse_update(self.updated(distribution))
