"""Numerical integration of one-dimensional densities, and checks of samples against them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from gmmflow.testing.components import Components
from gmmflow.values.moments import measure

#: Points of the trapezoid rule. On the double-exponential scale below its error falls
#: exponentially with their number (Takahasi and Mori 1974): 1e-10 and less for smooth densities.
POINTS = 20_001
#: The grid reaches sinh(25) = 3.6e10 spreads to both sides: all but 1e-10 of a Cauchy law.
REACH = 25.0
#: Whole numbers that a discrete law is summed over: so many standard deviations beyond the rows.
DISCRETE_REACH = 60.0


@dataclass(frozen=True)
class Grid:
    """Points of a line with the weights of an integration rule.

    Attributes
    ----------
    x : (m,)
        Increasing.
    weight : (m,)
        The integral of f is sum(weight * f(x)).
    """

    x: np.ndarray
    weight: np.ndarray


def grid(components: Components) -> Grid:
    """Grid over all values that components in one column can take.

    Where the distribution refuses negative values it covers the positive ones, and where it also
    refuses those above 1, the unit interval. Where all rows are whole numbers, so are its points.
    """
    rows = components.rows[:, 0]
    positive = _refuses(components, low=-1.0)
    unit = positive and _refuses(components, high=1.0 + 1e-9 + rows.max())
    if (rows == np.round(rows)).all():
        reach = np.ceil(DISCRETE_REACH * (rows.std() + 1.0))
        x = np.arange(rows.min() - reach, rows.max() + reach + 1.0)
        x = x[x >= 0.0] if positive else x
        x = x[x <= 1.0] if unit else x
        return Grid(x, np.ones(len(x)))
    return _continuous(rows, positive, unit)


def _continuous(rows: np.ndarray, positive: bool, unit: bool) -> Grid:
    u = rows / (1.0 - rows) if unit else rows
    u = np.log(u) if positive else u
    t, step = np.linspace(-REACH, REACH, POINTS, retstep=True)
    spread = float(u.std()) or 1.0
    line = np.median(u) + spread * np.sinh(t)
    weight = spread * np.cosh(t) * step
    if positive or unit:
        # Beyond these the numbers themselves end; so does every density that has a mean.
        kept = np.abs(line) < (36.0 if unit else 300.0)
        line, weight = line[kept], weight[kept]
    if unit:
        x = 1.0 / (1.0 + np.exp(-line))
        return _distinct(Grid(x, weight * x * (1.0 - x)))
    return Grid(np.exp(line), weight * np.exp(line)) if positive else Grid(line, weight)


def _distinct(given: Grid) -> Grid:
    inside = (given.x > 0.0) & (given.x < 1.0)
    return Grid(given.x[inside], given.weight[inside])


def mass(components: Components, over: Grid) -> np.ndarray:
    """Probability (k, m) at each point of the grid, under every component."""
    with np.errstate(all="ignore"):
        density = np.exp(components.log_density(over.x[:, None]))
    return np.where(over.weight > 0.0, over.weight * density, 0.0)


def farthest_from_sample(probability: np.ndarray, over: Grid, sample: np.ndarray) -> float:
    """Kolmogorov's distance times sqrt(n), between one component's law and a sample of it."""
    law = np.cumsum(probability)
    discrete = (over.weight == 1.0).all()
    empirical = np.searchsorted(np.sort(sample), over.x, side="right") / len(sample)
    if not discrete:
        # The trapezoid rule's running sum is centred on its points.
        law = law - probability / 2.0
    near = (over.x >= sample.min()) & (over.x <= sample.max())
    return float(np.abs(law - empirical)[near].max()) * sqrt(len(sample))


def _refuses(components: Components, low: float | None = None, high: float | None = None) -> bool:
    """Whether data that reach so far are refused."""
    moments = measure(components.rows)
    if low is not None:
        moments = replace(moments, low=np.full_like(moments.low, low))
    if high is not None:
        moments = replace(moments, high=np.full_like(moments.high, high))
    return components.distribution.refuse(("x0",), moments) is not None
