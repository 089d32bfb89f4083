"""Greedy k-means++: k rows that are far apart, drawn at random."""

from __future__ import annotations

from math import log

import numpy as np


def greedy_seeds(
    rows: np.ndarray,
    sample_weight: np.ndarray,
    scale: np.ndarray,
    k: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Indices of k rows, each drawn with probability proportional to weight times D^2.

    D is the distance to the nearest row drawn before. Of 2 + log k rows drawn at each step the one
    is kept that leaves the smallest weighted sum of D^2.

    Parameters
    ----------
    rows : (s, d)
    sample_weight : (s,)
        Positive.
    scale : (d,)
        Distances are taken after dividing each column by its scale.
    k : int
    rng : numpy.random.Generator

    Returns
    -------
    (k,) int
        In the order drawn; fewer if there are fewer than k distinct rows: then one of each.

    Source: Arthur and Vassilvitskii 2007, "k-means++: the advantages of careful seeding", SODA;
    the greedy variant with 2 + log k trials is that of their section 6 and of scikit-learn.
    """
    columns = np.ascontiguousarray((rows / scale).T)
    trials = 2 + int(log(k))
    chosen = [int(_draw(sample_weight, 1, rng)[0])]
    closest = _squared_distances(columns, chosen[0])
    while len(chosen) < k and (mass := sample_weight * closest).any():
        candidates = _draw(mass, trials, rng)
        potential, best = np.inf, closest
        for row in candidates:
            nearer = np.minimum(closest, _squared_distances(columns, row))
            total = float((sample_weight * nearer).sum())
            if total < potential:
                potential, best, winner = total, nearer, int(row)
        chosen.append(winner)
        closest = best
    return np.array(chosen)


def _draw(mass: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Indices drawn with probability proportional to `mass`; never one without mass."""
    total = np.cumsum(mass)
    places = np.searchsorted(total, rng.random(size) * total[-1], side="right")
    return np.minimum(places, np.searchsorted(total, total[-1]))


def _squared_distances(columns: np.ndarray, row: int) -> np.ndarray:
    # Differences, not a matrix product: a copy of a seed must be at exactly 0, and the result
    # may not depend on how many threads BLAS has.
    total = np.zeros(columns.shape[1])
    for column in columns:
        difference = column - column[row]
        difference *= difference
        total += difference
    return total
