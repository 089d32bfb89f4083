"""Regression with a mixture: what some columns say of the others, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gmmflow.distributions.conditional import Conditional


@dataclass(frozen=True)
class Regression:
    """Mean and covariance of some columns, given values of others, for m rows.

    Each component has its own regression; a row's weights are its posterior probabilities under
    what is known of it, so that the mean is a curve and the covariance changes along it.

    Attributes
    ----------
    names : tuple of str
        The q columns that are predicted.
    resp : (m, k)
        Posterior probability of each component, given the known columns.
    mean : (m, q)
        Conditional mean.

    Source: Ghahramani and Jordan 1994, Advances in Neural Information Processing Systems 6.
    """

    names: tuple[str, ...]
    resp: np.ndarray
    mean: np.ndarray
    _values: np.ndarray
    _conditional: Conditional

    @cached_property
    def covariance(self) -> np.ndarray:
        """Conditional covariance, (m, q, q): within the components, and between their means."""
        m, q = self.mean.shape
        total = np.zeros((m, q, q))
        for component, resp in enumerate(self.resp.T):
            # About the mean that is known: nothing is subtracted from second moments.
            off = self._conditional.mean(self._values, component) - self.mean
            own = self._conditional.covariance(self._values, component)
            total += resp[:, None, None] * (own + off[:, :, None] * off[:, None, :])
        return total

    @property
    def standard_deviation(self) -> np.ndarray:
        """Conditional standard deviation of each column, (m, q)."""
        return np.sqrt(np.einsum("mqq->mq", self.covariance))


def regression(
    names: tuple[str, ...], conditional: Conditional, resp: np.ndarray, values: np.ndarray
) -> Regression:
    """The regression of rows with these known values (m, g) and probabilities (m, k)."""
    mean = np.zeros((len(values), len(names)))
    for component, share in enumerate(resp.T):
        mean += share[:, None] * conditional.mean(values, component)
    return Regression(names, resp, mean, values, conditional)
