"""What every layout of sums can do: add rows of a block, and say their moments.

A layout is one kind of scatter, summed about the block's centre by matrix products, or about a
component's own mean where that would lose digits; both become (n, mean, scatter).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from gmmflow.values.block import Block
from gmmflow.values.mixture import Statistics

#: Counts (k,), means (k, d), and scatter about these means.
MomentsOf = tuple[np.ndarray, np.ndarray, np.ndarray]


class Layout(ABC):
    """Sums of one kind of scatter. Stateless: an instance stands for the kind."""

    #: Whether all components are summed into one scatter, with all rows.
    shared: ClassVar[bool] = False

    @abstractmethod
    def size(self, d: int) -> int:
        """Rows of scratch memory that a block needs, p: its features."""

    @abstractmethod
    def add_about_centre(self, block: Block, resp: np.ndarray, into: Statistics) -> None:
        """Add the moments of all components, `resp` (k, B), about the centre."""

    @abstractmethod
    def counts_about_centre(self, statistics: Statistics) -> np.ndarray | None:
        """Weights (k,) of what was summed about the centre; None where nothing was."""

    @abstractmethod
    def moments_about_centre(self, statistics: Statistics) -> MomentsOf:
        """Moments of what was summed about the centre, means from there."""

    @abstractmethod
    def own_scatter(self, shifted: np.ndarray, resp: np.ndarray) -> np.ndarray:
        """Weighted squares of rows (d, B) about a component's mean."""

    @abstractmethod
    def outer(self, weight: np.ndarray, delta: np.ndarray) -> np.ndarray:
        """Scatter of k points of `weight` (k,) at `delta` (k, d)."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    def pool(self, own: np.ndarray) -> np.ndarray:
        """Own scatters (k, ...) in the shape of this layout."""
        return own

    def add_about_mean(
        self, shifted: np.ndarray, resp: np.ndarray, component: int, k: int, into: Statistics
    ) -> None:
        """Add moments of one component about its own mean to ``own_*``."""
        scatter = self.own_scatter(shifted, resp).astype(np.float64, copy=False)
        if "own_n" not in into:
            into["own_n"] = np.zeros(k)
            into["own_sum"] = np.zeros((k, len(shifted)))
            into["own_scatter"] = np.zeros((k, *scatter.shape))
        into["own_n"][component] += resp.sum(dtype=np.float64)
        into["own_sum"][component] += shifted @ resp
        into["own_scatter"][component] += scatter

    def counts(self, statistics: Statistics) -> np.ndarray:
        """Sum of weighted responsibilities of each component, (k,)."""
        about_centre = self.counts_about_centre(statistics)
        if "own_n" not in statistics:
            assert about_centre is not None, "a sweep has rows"
            return about_centre
        own = statistics["own_n"]
        return own if about_centre is None else about_centre + own

    def moments(self, statistics: Statistics, about: np.ndarray | None) -> MomentsOf:
        """Counts (k,), means (k, d) from `about`, and scatter about these means.

        Parameters
        ----------
        statistics : dict
        about : (k, d) or None
            Means of the sweep, from the centre: where ``own_*`` were summed about. None where
            nothing was: the means are from the centre then.

        Notes
        -----
        The two parts merge as in Chan, Golub and LeVeque 1983, The American Statistician
        37:242-247. A component of which all rows were taken about its own mean loses no digit to
        its distance from the centre.
        """
        parts = []
        if self.counts_about_centre(statistics) is not None:
            n, mean, scatter = self.moments_about_centre(statistics)
            parts.append((n, mean if about is None else mean - about, scatter))
        if "own_n" in statistics:
            n = statistics["own_n"]
            mean = divide(statistics["own_sum"], n)
            parts.append((n, mean, self.pool(statistics["own_scatter"]) - self.outer(n, mean)))
        if len(parts) == 1:
            return parts[0]
        (n1, mean1, scatter1), (n2, mean2, scatter2) = parts
        n = n1 + n2
        mean = divide(n1[:, None] * mean1 + n2[:, None] * mean2, n)
        between = self.outer(divide((n1 * n2)[:, None], n)[:, 0], mean2 - mean1)
        return n, mean, scatter1 + scatter2 + between


def divide(a: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Rows of `a` divided by n (k,), zero where n is zero (no rows: no moments)."""
    return np.divide(a, n[:, None], out=np.zeros_like(a), where=n[:, None] > 0)
