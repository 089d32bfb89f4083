"""Rotations of two axes at a time, by which several symmetric matrices are made diagonal alike.

Turned by an angle t, the variances a_k and c_k of component k along two axes, with covariance b_k,
have the product

    s_k (1 - x_k cos 4t - y_k sin 4t),    s_k = (a_k^2 + c_k^2 - 2 b_k^2 + 6 a_k c_k) / 8.

All that follows is about this z_k = 1 - x_k cos 4t - y_k sin 4t: the sum of n_k log z_k (volumes
vary), or of weights times z_k^q (equal volumes) is to be small.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

#: Smallest z, and smallest share of a variance in its component's largest: all below counts as
#: zero, and their squares do not overflow.
TINY = 1e-60
#: Angles 4t that are tried beside those of the two local steps: deep wells are not missed.
GRID = np.linspace(-np.pi, np.pi, 16, endpoint=False)


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
    """The x and y of pairs of axes, from variances a, c and covariances b, each (k, pairs)."""
    half, mean = (a - c) / 2.0, (a + c) / 2.0
    scale = np.maximum(mean * mean - (half * half + b * b) / 2.0, np.finfo(np.float64).tiny)
    return (half * half - b * b) / (2.0 * scale), half * b / scale


def best_angles(
    weight: np.ndarray, x: np.ndarray, y: np.ndarray, power: float
) -> tuple[np.ndarray, np.ndarray]:
    """Angles t of the pairs' best rotations, and what each gains.

    Parameters
    ----------
    weight, x, y : (k, pairs)
    power : float
        0 to minimise sum_k weight_k log(z_k / z_k(0)), q > 0 for sum_k weight_k
        ((z_k / z_k(0))^q - 1) / q, which tends to it.

    Notes
    -----
    Both functions are concave in z, so their tangent, of which the minimum is known, gives a step
    that never ascends (Flury and Gautschi's inner step); Newton's step is better near a minimum,
    and a grid far from it. The best is taken.
    """
    z0 = np.maximum(1.0 - x, TINY)
    x, y = x / z0, y / z0
    slope = -(weight * y).sum(axis=0)
    curvature = (weight * (x + (power - 1.0) * y * y)).sum(axis=0)
    tangent = np.arctan2(-slope, (weight * x).sum(axis=0))
    newton = -slope / np.where(curvature > 0.0, curvature, np.inf)
    best, lowest = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for angle in (np.clip(newton, -np.pi, np.pi), tangent, *GRID):
        # 1 - cos without cancellation: z / z(0) = 1 + x (1 - cos) - y sin.
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
