"""What EEV and VEV have in common: every component has the axes of its own scatter."""

from __future__ import annotations

import numpy as np

from gmmflow.covariances.flat import no_common_shape, refuse_zero
from gmmflow.numerics.linalg import SINGULAR_PIVOT


def along_own_axes(scatter: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (k, d), ascending and not negative, and eigenvectors (k, d, d) of scatters.

    Sorted alike, they pair so that tr(Sigma_k^-1 W_k) is least, whatever the shape.
    """
    spread, axes = np.linalg.eigh(scatter)
    return np.maximum(spread, 0.0), axes


def refuse_common(family: str, spread: np.ndarray) -> None:
    """Raise where components of these eigenvalues (k, d) have no common shape.

    Raises
    ------
    DegenerateComponent
        A component has no spread at all, or all together none in some direction.
    """
    refuse_zero(family, spread[:, -1:])
    # In each component's own scale: volumes may differ by any factor.
    narrowest = (spread[:, 0] / spread[:, -1]).max()
    if narrowest < SINGULAR_PIVOT * spread.shape[-1] * np.finfo(np.float64).eps:
        raise no_common_shape(family)


def matrices_on(axes: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Matrices (k, d, d), symmetric to the last bit, from eigenvectors and (1 | k, d) variances."""
    product = (axes * variances[:, None, :]) @ axes.transpose(0, 2, 1)
    return np.asarray((product + product.transpose(0, 2, 1)) / 2.0)
