"""k-means as scikit-learn starts from it: with equal random numbers, equal labels.

`gmmflow.initializers.kmeans` is the better start (scaled columns, a sample of large data); this one
is for results that agree with scikit-learn's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gmmflow.numerics.seeding import greedy_seeds

#: scikit-learn's defaults: Lloyd iterations, and the squared shift of all centres, in mean
#: variances of the columns, below which they rest.
MAX_ITERATIONS = 300
TOLERANCE = 1e-4
#: Distances that are held at once: they stay in cache.
DISTANCES = 1 << 15


def kmeans(
    rows: np.ndarray, weight: np.ndarray | None, k: int, rng: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Labels (n,) and centres of k-means with one start.

    There are k centres (k, d), or fewer if fewer rows are distinct.

    Parameters
    ----------
    rows : (n, d)
    weight : (n,) or None
        Positive.
    k : int
    rng : RandomState or Generator

    Source: Lloyd 1982, "Least squares quantization in PCM", IEEE Trans. Inf. Theory 28:129-137.
    """
    middle = rows.mean(axis=0, dtype=np.float64)
    x = np.subtract(rows.T, middle[:, None], order="C")
    mass = np.ones(len(rows)) if weight is None else weight
    centres = x[:, greedy_seeds(x.T, mass, np.ones(len(x)), k, rng)].T
    tolerance = TOLERANCE * x.var(axis=1).mean()
    labels, total, sums = assign(x, weight, centres)
    for _ in range(MAX_ITERATIONS):
        moved = _means(x, mass, labels, centres, total, sums)
        before, shift = labels, np.square(moved - centres).sum()
        centres = moved
        labels, total, sums = assign(x, weight, centres)
        if shift <= tolerance or np.array_equal(labels, before):
            break
    return labels, centres + middle


def assign(
    x: np.ndarray, weight: np.ndarray | None, centres: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nearest centre of each row (n,), and weight (k,) and weighted sum (k, d) of its rows.

    Parameters
    ----------
    x : (d, n)
    weight : (n,) or None
    centres : (k, d)
    """
    k = len(centres)
    half_norms = 0.5 * np.square(centres).sum(axis=1)[:, None]
    numbers = np.arange(k, dtype=np.float64)
    labels = np.empty(x.shape[1], np.intp)
    total, sums = np.zeros(k), np.zeros(centres.shape)
    size = max(1, DISTANCES // k)
    for start in range(0, len(labels), size):
        part = slice(start, start + size)
        score = centres @ x[:, part]
        score -= half_norms
        member = (score == score.max(axis=0)).astype(np.float64)
        if np.count_nonzero(member) > member.shape[1]:  # ties go to the first centre
            member = (score.argmax(axis=0) == numbers[:, None]).astype(np.float64)
        labels[part] = numbers @ member
        if weight is not None:
            member *= weight[part]
        total += member.sum(axis=1)
        sums += member @ x[:, part].T
    return labels, total, sums


def _means(
    x: np.ndarray, mass: np.ndarray, labels: np.ndarray, centres: np.ndarray,
    total: np.ndarray, sums: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Weighted means (k, d) of the rows of each centre; changes `total` and `sums`.

    Centres without rows move, as in scikit-learn, to the rows that are farthest from their own.
    """
    empty = np.flatnonzero(total == 0.0)
    if len(empty):
        distance = np.square(x - centres[labels].T).sum(axis=0)
        far = np.argpartition(distance, -len(empty))[: -len(empty) - 1 : -1]
        for centre, row in zip(empty, far, strict=True):
            taken = mass[row] * x[:, row]
            sums[labels[row]] -= taken
            total[labels[row]] -= mass[row]
            sums[centre], total[centre] = taken, mass[row]
    # A row that was taken may have been the last one of its centre, which then stays.
    return np.divide(sums, total[:, None], out=centres.copy(), where=total[:, None] > 0.0)
