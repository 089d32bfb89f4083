"""A mixture: weights, and the parameters of its components."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gmmflow.distributions.base import Distribution, Kernel

#: Arrays by name; the leading axis is the component, or 1 for what all components share.
Parameters = dict[str, np.ndarray]

#: Sums over rows by name, float64. Values: they are added, never changed in place by readers.
Statistics = dict[str, np.ndarray]


@dataclass(frozen=True)
class Mixture:
    """Weights and parameters of k components of one distribution.

    Attributes
    ----------
    distribution : Distribution
        The stage that says what a component is.
    weights : (k,)
        Mixing proportions; they sum to 1.
    parameters : dict of str to ndarray
        By name, leading axis k, or 1 where the components share the value.
    """

    distribution: Distribution
    weights: np.ndarray
    parameters: Parameters

    @property
    def n_components(self) -> int:
        """Number of components, k."""
        return len(self.weights)

    def kernel(self, centre: np.ndarray) -> Kernel:
        """Kernel of the mixture for rows that are shifted by `centre` (d,).

        Raises
        ------
        DegenerateComponent
            A component has no density.
        """
        with np.errstate(divide="ignore"):  # a component of weight 0 has log weight -inf
            log_weights = np.log(self.weights)
        return self.distribution.kernel(self.parameters, log_weights, centre)

    def covariance(self, component: int) -> np.ndarray:
        """Covariance matrix of one component, (d, d): many at once may not fit in memory."""
        one = self.reorder(np.array([component]))
        matrix: np.ndarray = one.distribution.covariance_matrices(one.parameters)[0]
        return matrix

    def order(self) -> np.ndarray:
        """Order of the components that does not depend on where EM started, (k,) int.

        By means, the first column first; of equal means the heavier component comes first, then
        the one of smaller variances, the first column first.
        """
        means = self.distribution.mean(self.parameters)
        keys = [*means.T]
        if len(np.unique(means, axis=0)) < len(means):
            covariances = self.distribution.covariance_matrices(self.parameters)
            keys += [-self.weights, *np.einsum("kii->ik", covariances)]
        return np.lexsort(keys[::-1])

    def reorder(self, order: np.ndarray) -> Mixture:
        """The same mixture with component `order[i]` in place i."""
        k = self.n_components
        return replace(
            self,
            weights=self.weights[order],
            parameters={
                name: value[order] if value.shape[0] == k and k > 1 else value
                for name, value in self.parameters.items()
            },
        )


def accumulate(into: Statistics, name: str, value: np.ndarray) -> None:
    """Add a value to the sum of this name, in place; a copy of the first one, float64, starts it.

    Kernels call it: `value` may be scratch memory.
    """
    if name in into:
        into[name] += value
    else:
        into[name] = value.astype(np.float64)


def add_statistics(a: Statistics, b: Statistics) -> Statistics:
    """Sum of two statistics; a name that one of them lacks counts as zero there."""
    total = dict(a)
    for name, value in b.items():
        total[name] = total[name] + value if name in total else value
    return total
