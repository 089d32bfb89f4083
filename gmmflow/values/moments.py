"""Column moments of a data set, mergeable chunk by chunk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Moments:
    """Weighted count, mean, centred second moment and range of each column.

    Attributes
    ----------
    n_rows : int
        Rows with positive weight.
    weight : float
        Sum of the row weights (the number of rows without weights).
    mean : (d,)
    scatter : (d,)
        Weighted sum of squares about the mean.
    low, high : (d,)
        Smallest and largest value.
    """

    n_rows: int
    weight: float
    mean: np.ndarray
    scatter: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def variance(self) -> np.ndarray:
        """Maximum-likelihood variance of each column, (d,)."""
        return self.scatter / self.weight


def measure(rows: np.ndarray, sample_weight: np.ndarray | None = None) -> Moments:
    """Moments of rows (m, d), two passes in float64.

    Rows of zero weight do not count, in the range either.
    """
    if sample_weight is not None:
        kept = sample_weight > 0
        rows, sample_weight = rows[kept], sample_weight[kept]
    n_rows, d = rows.shape
    if n_rows == 0:
        edge = np.full(d, np.inf)
        return Moments(0, 0.0, np.zeros(d), np.zeros(d), edge, -edge)
    weight = float(n_rows) if sample_weight is None else float(sample_weight.sum())
    x = rows.astype(np.float64, copy=False)
    # A first guess of the centre keeps the mean exact far from the origin.
    guess = x[0]
    shifted = x - guess
    if sample_weight is None:
        offset = shifted.mean(axis=0)
        scatter = np.square(shifted - offset).sum(axis=0)
    else:
        offset = sample_weight @ shifted / weight
        scatter = sample_weight @ np.square(shifted - offset)
    return Moments(n_rows, weight, guess + offset, scatter, x.min(axis=0), x.max(axis=0))


def merge(a: Moments, b: Moments) -> Moments:
    """Moments of both sets of rows.

    Source: Chan, Golub and LeVeque 1983, The American Statistician 37:242-247.
    """
    if a.weight == 0.0 or b.weight == 0.0:
        return a if b.weight == 0.0 else b
    weight = a.weight + b.weight
    delta = b.mean - a.mean
    return Moments(
        a.n_rows + b.n_rows,
        weight,
        a.mean + delta * (b.weight / weight),
        a.scatter + b.scatter + delta * delta * (a.weight * b.weight / weight),
        np.minimum(a.low, b.low),
        np.maximum(a.high, b.high),
    )
