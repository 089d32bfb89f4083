"""Where the rows of a component lie, in two columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.numerics.ellipse import outline, principal_axes, radius


@dataclass(frozen=True)
class Ellipse:
    """Ellipse that holds a share of a component's rows, if it is Gaussian in these columns.

    Attributes
    ----------
    component : int
    centre : (2,)
        Mean of the component.
    axes : (2,)
        Lengths of the half axes, the longer one first.
    angle : float
        Radians from the direction of the first column to the longer axis, counterclockwise, in
        (-pi/2, pi/2].
    points : (m, 2)
        The outline, closed: the last point is the first.
    """

    component: int
    centre: np.ndarray
    axes: np.ndarray
    angle: float
    points: np.ndarray


def ellipse(
    component: int, mean: np.ndarray, covariance: np.ndarray, level: float, points: int
) -> Ellipse:
    """The ellipse of a mean (2,) and a covariance matrix (2, 2)."""
    deviations, angle = principal_axes(covariance)
    distance = radius(level)
    return Ellipse(
        component, mean, distance * deviations, angle,
        outline(mean, covariance, distance, points),
    )  # fmt: skip
