"""Components without spread in some direction, named where a family has no maximum for them."""

from __future__ import annotations

import numpy as np

from gmmflow.covariances.base import REMEDY
from gmmflow.errors import DegenerateComponent
from gmmflow.numerics.linalg import SINGULAR_PIVOT


def refuse_flat(family: str, variances: np.ndarray, scatter: np.ndarray, axes: np.ndarray) -> None:
    """Raise for the first component whose scatter has no spread along one of the axes.

    Parameters
    ----------
    family : str
    variances : (k, d)
        Diagonals of ``axes.T @ scatter @ axes``.
    scatter : (k, d, d)
    axes : (1 | k, d, d)
        Their columns are the axes.

    Raises
    ------
    DegenerateComponent
        A variance is not above the rounding error of such a product.
    """
    # |a|' |W| |a| is at most (sum_i |a_i| sqrt(W_ii))^2: exact zeros in the axes cost no digits.
    lengths = np.sqrt(np.maximum(np.einsum("kii->ki", scatter), 0.0))
    sizes = np.square((lengths[:, None, :] @ np.abs(axes))[:, 0])
    error = SINGULAR_PIVOT * scatter.shape[-1] * np.finfo(np.float64).eps * sizes
    refuse_zero(family, variances - error)


def refuse_zero(family: str, variances: np.ndarray) -> None:
    """Raise for the first component (row) with a variance that is not above 0.

    Parameters
    ----------
    family : str
    variances : (k, m); k = 1 where components share them
    """
    flat = np.flatnonzero(~(variances > 0.0).all(axis=1))
    if len(flat):
        raise flat_component(family, int(flat[0]))


def flat_component(family: str, component: int) -> DegenerateComponent:
    """The error that names it."""
    return DegenerateComponent(
        component,
        f"it has no spread in some direction, where {family} has no maximum: it would grow ever "
        "flatter",
        REMEDY,
    )


def no_common_shape(family: str) -> DegenerateComponent:
    """The error for a shape that components share: it stands under the first of them."""
    return DegenerateComponent(
        0,
        f"the shape that all components share in {family} has no maximum: together they have no "
        "spread in some direction, or one of them has many rows and few directions",
        REMEDY,
    )
