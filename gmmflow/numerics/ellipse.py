"""Ellipses of equal Mahalanobis distance in two columns."""

from __future__ import annotations

from math import atan2, cos, hypot, log, pi, sin, sqrt

import numpy as np


def radius(level: float) -> float:
    """Mahalanobis distance within which a share `level` of a Gaussian plane lies.

    The squared distance has a chi-squared distribution of two degrees of freedom, whose quantile
    is closed: -2 log(1 - level).
    """
    return sqrt(-2.0 * log(1.0 - level))


def principal_axes(covariance: np.ndarray) -> tuple[np.ndarray, float]:
    """Standard deviations along the axes of a (2, 2) covariance matrix, and the longer's angle.

    Returns
    -------
    deviations : (2,)
        The longer one first.
    angle : float
        Radians from the first column's axis to the longer one, in (-pi/2, pi/2].
    """
    a, b, c = covariance[0, 0], covariance[0, 1], covariance[1, 1]
    scale = max(a, c)
    large = 0.5 * (a + c + hypot(a - c, 2.0 * b))
    # The product of the eigenvalues is the determinant: their difference would cancel.
    pivot = (c - b * (b / a)) if a >= c else (a - b * (b / c))
    small = scale * (max(pivot, 0.0) / large)
    angle = 0.5 * atan2(2.0 * b, a - c)
    return np.sqrt([large, small]), angle if angle > -pi / 2 else angle + pi


def outline(mean: np.ndarray, covariance: np.ndarray, distance: float, n: int) -> np.ndarray:
    """`n` points (n, 2) of the ellipse of this Mahalanobis distance, the last being the first."""
    deviations, angle = principal_axes(covariance)
    turn = np.array([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
    t = np.linspace(0.0, 2.0 * pi, n)
    circle = np.stack([np.cos(t), np.sin(t)], axis=1)
    circle[-1] = circle[0]
    return np.asarray(mean + distance * (circle * deviations) @ turn.T)
