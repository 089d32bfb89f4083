"""The components in numbers, one at a time: a thousand covariance matrices are never held."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gmmflow.values.mixture import Mixture


def means(mixture: Mixture) -> np.ndarray:
    """Mean of each component, (k, d)."""
    return mixture.distribution.mean(mixture.parameters)


def covariance(mixture: Mixture, component: int) -> np.ndarray:
    """Covariance matrix of one component, (d, d)."""
    one = mixture.reorder(np.array([component]))
    matrix: np.ndarray = one.distribution.covariance_matrices(one.parameters)[0]
    return matrix


def covariances(mixture: Mixture) -> Iterator[np.ndarray]:
    """Covariance matrix of each component in turn."""
    return (covariance(mixture, i) for i in range(mixture.n_components))


def standard_deviations(mixture: Mixture, shown: int) -> np.ndarray:
    """Standard deviations of each of the first `shown` components, (shown, d)."""
    return np.stack([np.sqrt(np.diagonal(covariance(mixture, i))) for i in range(shown)])
