"""The components in numbers, one at a time: a thousand covariance matrices are never held."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gmmflow.reporters.facts import text
from gmmflow.values.mixture import Mixture
from gmmflow.values.result import Result

_ORDERS = {"means": "in the order of their means", "start": "in the order of the start"}


def means(mixture: Mixture) -> np.ndarray:
    """Mean of each component, (k, d)."""
    return mixture.distribution.mean(mixture.parameters)


def covariance(mixture: Mixture, component: int) -> np.ndarray:
    """Covariance matrix of one component, (d, d)."""
    return mixture.covariance(component)


def covariances(mixture: Mixture) -> Iterator[np.ndarray]:
    """Covariance matrix of each component in turn."""
    return (covariance(mixture, i) for i in range(mixture.n_components))


def standard_deviations(mixture: Mixture, shown: int) -> np.ndarray:
    """Standard deviations of each of the first `shown` components, (shown, d)."""
    return np.stack([np.sqrt(np.diagonal(covariance(mixture, i))) for i in range(shown)])


def heading(result: Result, what: str) -> str:
    """``weight, expected rows, means, in transformed units; in the order of their means``."""
    units = "" if result.units == "data" else ", in transformed units"
    order = f"; {_ORDERS[result.order]}" if result.mixture.n_components > 1 else ""
    return what + units + order


def eigenvalues(result: Result, component: int) -> tuple[str, str, str]:
    """Smallest and largest eigenvalue and condition number of a covariance matrix, as text."""
    found = result.conditioning
    values = (found.smallest, found.largest, found.condition)
    return tuple(text.magnitude(each[component]) for each in values)  # type: ignore[return-value]
