"""Exponential families from four short methods: the base for distributions of your own.

The density is exp(<eta, T(x)> - A(eta) + h(x)). A family says what T is, what eta and A are for
its parameters, and which parameters have given mean statistics; kernel and M-step follow
(maximum likelihood matches E[T]; Barndorff-Nielsen 1978, Information and Exponential Families).
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from gmmflow.distributions.base import Distribution, refuse_empty
from gmmflow.kernels.product import FeatureProduct
from gmmflow.values.block import Block
from gmmflow.values.mixture import Parameters, Statistics


class ExponentialFamily(Distribution):
    """A distribution whose E-step and M-step are matrix products.

    Its parameters are learned together: `fit.m_step.update` names all of them, or none, unless a
    family overrides `maximize` and `refuse_update`.
    """

    @abstractmethod
    def n_features(self, d: int) -> int:
        """Number of statistics T of d columns."""

    @abstractmethod
    def features(self, x: np.ndarray, out: np.ndarray) -> None:
        """Fill out (n_features, B) with T of the rows x (d, B), which are not shifted."""

    @abstractmethod
    def natural(self, parameters: Parameters) -> np.ndarray:
        """Natural parameters eta of each component, (k, n_features)."""

    @abstractmethod
    def log_partition(self, parameters: Parameters) -> np.ndarray:
        """A(eta) of each component, (k,)."""

    @abstractmethod
    def from_mean_statistics(self, mean: np.ndarray) -> Parameters:
        """Parameters with E[T] = mean (k, n_features).

        Raises
        ------
        DegenerateComponent
            No parameters have these means (no spread is left).
        """

    def log_base(self, x: np.ndarray) -> np.ndarray | None:
        """Base measure h of the rows x (d, B), (B,); None where it is zero."""
        return None

    def refuse_update(self, update: frozenset[str]) -> str | None:
        """Some of the parameters, but not all."""
        learned = update.intersection(self.parameter_names)
        if len(learned) in (0, len(self.parameter_names)):
            return None
        return (
            f"{', '.join(self.parameter_names)} of {self.type} are learned together, or not at all"
        )

    def kernel(
        self, parameters: Parameters, log_weights: np.ndarray, centre: np.ndarray
    ) -> FeatureProduct:
        """Kernel for these parameters."""
        natural = self.natural(parameters)
        last = (log_weights - self.log_partition(parameters))[:, None]
        theta = np.concatenate([natural, last], axis=1)
        return FeatureProduct(_Features(self), theta, theta.shape, _Base(self))

    def collector(
        self, k: int, centre: np.ndarray, about: Parameters | None = None
    ) -> FeatureProduct:
        """Kernel that only sums."""
        return FeatureProduct(_Features(self), None, (k, self.n_features(len(centre)) + 1))

    def counts(self, statistics: Statistics) -> np.ndarray:
        """Expected rows of each component, (k,)."""
        return statistics["sums"][-1]

    def maximize(
        self,
        statistics: Statistics,
        centre: np.ndarray,
        previous: Parameters | None,
        update: frozenset[str],
    ) -> Parameters:
        """Parameters whose expected statistics are the weighted means."""
        if previous is not None and not update.intersection(self.parameter_names):
            return previous
        sums = statistics["sums"]
        n = sums[-1]
        refuse_empty(n)
        return self.from_mean_statistics((sums[:-1] / n).T)


class _Features:
    """Features of a block of unshifted rows, with the closing 1; equal for equal families."""

    def __init__(self, family: ExponentialFamily) -> None:
        self.family = family

    def __call__(self, block: Block, out: np.ndarray) -> None:
        self.family.features(block.raw, out[:-1])
        out[-1] = 1.0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Features) and self.family == other.family

    def __hash__(self) -> int:
        return hash(_Features)


class _Base:
    """h(x) of a block; equal for equal families."""

    def __init__(self, family: ExponentialFamily) -> None:
        self.family = family

    def __call__(self, block: Block) -> np.ndarray | None:
        return self.family.log_base(block.raw)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Base) and self.family == other.family

    def __hash__(self) -> int:
        return hash(_Base)
