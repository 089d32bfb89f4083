"""Rotations of two axes at a time, by which several symmetric matrices are made diagonal alike.

Turned by an angle t, the variances a and c of a component along two axes, with covariance b, have
a product that is a c times

    z(t) = 1 + x (1 - cos 4t) - y sin 4t,    x = ((a - c)^2 / 4 - b^2) / (2 a c),
                                             y = (a - c) b / (2 a c).

The sum over components of weights times log z (volumes vary), or (z^q - 1) / q (equal volumes), is
to be small.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

#: Smallest z, and smallest share of a variance in its component's largest: all below counts as
#: zero, and their squares do not overflow.
TINY = 1e-60
#: Angles 4t that are tried beside those of the two local steps; and how many components, those
#: with the deepest wells, have theirs tried: a well of nearly singular scatter is narrow.
GRID, WELLS = np.linspace(-np.pi, np.pi, 12, endpoint=False), 4


def positive_diagonals(matrices: np.ndarray) -> np.ndarray:
    """Diagonals (k, d) of positive semidefinite matrices, kept from zero: they have logarithms."""
    diagonals = np.einsum("kii->ki", matrices)
    least = np.maximum(diagonals.max(axis=1, keepdims=True) * TINY, np.finfo(np.float64).tiny)
    return np.asarray(np.maximum(diagonals, least))


@lru_cache(maxsize=64)
def all_pairs(d: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices (i, j) of all pairs of d axes, i < j."""
    first, second = np.triu_indices(d, 1)
    return first, second


@lru_cache(maxsize=64)
def disjoint_rounds(d: int) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """All pairs of d axes, in rounds of disjoint pairs, as a round-robin tournament is played."""
    order, rounds = list(range(d + d % 2)), []
    for _ in range(len(order) - 1):
        half = len(order) // 2
        pairs = [tuple(sorted(p)) for p in zip(order[:half], order[: half - 1 : -1], strict=True)]
        played = [p for p in pairs if p[1] < d]
        rounds.append((np.array([p[0] for p in played]), np.array([p[1] for p in played])))
        order = [order[0], order[-1], *order[1:-1]]
    return tuple(rounds)


def products(a: np.ndarray, c: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The x and y of pairs of axes, from positive variances a, c and covariances b, (k, pairs)."""
    # What rounding adds to the covariance of a flat component must not outgrow its variances.
    most = np.sqrt(a) * np.sqrt(c)
    b, half = np.clip(b, -most, most), (a - c) / 2.0
    return (half / a * (half / c) - b / a * (b / c)) / 2.0, half / a * (b / c)


def best_angles(
    weight: np.ndarray, x: np.ndarray, y: np.ndarray, power: float
) -> tuple[np.ndarray, np.ndarray]:
    """Angles t of the pairs' best rotations, and what each gains.

    Parameters
    ----------
    weight, x, y : (k, pairs)
    power : float
        0 to minimise sum_k weight_k log z_k, q > 0 for sum_k weight_k (z_k^q - 1) / q, which
        tends to it.

    Notes
    -----
    Both functions are concave in z, so their tangent, of which the minimum is known, gives a step
    that never ascends (Flury and Gautschi's inner step); Newton's step is better near a minimum,
    and a grid or the angles at which single components are least far from it. The best is taken.
    """
    depth = weight * np.log(np.maximum(1.0 + x - np.hypot(x, y), TINY))
    deepest = np.argsort(depth, axis=0)[:WELLS]
    wells = np.take_along_axis(np.arctan2(y, x), deepest, axis=0)
    slope = -(weight * y).sum(axis=0)
    curvature = (weight * (x + (power - 1.0) * y * y)).sum(axis=0)
    tangent = np.arctan2(-slope, (weight * x).sum(axis=0))
    newton = -slope / np.where(curvature * np.pi > np.abs(slope), curvature, np.inf)
    best, lowest = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for angle in (newton, tangent, *wells, *GRID):
        # 1 - cos without cancellation.
        z = np.maximum(1.0 + 2.0 * x * np.sin(angle / 2.0) ** 2 - y * np.sin(angle), TINY)
        terms = np.log(z) if power == 0.0 else np.expm1(power * np.log(z)) / power
        value = (weight * terms).sum(axis=0)
        lower = value < lowest
        best, lowest = np.where(lower, angle, best), np.where(lower, value, lowest)
    return best / 4.0, -lowest


def rotate(
    rotated: np.ndarray, axes: np.ndarray, first: np.ndarray, second: np.ndarray, t: np.ndarray
) -> None:
    """Turn disjoint pairs of axes in place: columns of `axes` (d, d), and `rotated` (k, d, d)."""
    cos, sin = np.cos(t), np.sin(t)
    for columns in (axes[None], rotated, rotated.transpose(0, 2, 1)):
        one, two = columns[:, :, first], columns[:, :, second]
        columns[:, :, first] = cos * one + sin * two
        columns[:, :, second] = cos * two - sin * one
