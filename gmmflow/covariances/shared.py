"""What VEE, EVE and VVE have in common: axes that all components share."""

from __future__ import annotations

import numpy as np

from gmmflow.covariances.flat import refuse_flat
from gmmflow.numerics.orientation import shared_axes
from gmmflow.values.forms import Form, Rotated


def shapes_shared(k: int, d: int) -> dict[str, tuple[int, ...]]:
    """Arrays of the rotated form."""
    return {"orientation": (1, d, d), "variances": (k, d)}


def variances_along_shared(
    family: str, n: np.ndarray, scatter: np.ndarray, previous: Form | None, equal: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The best axes (1, d, d), and the scatters' variances (k, d) along them, largest first.

    Without axes to go on from, the search starts from those of the columns, of the components
    together, of every component, and of `previous` if there is one.

    Raises
    ------
    DegenerateComponent
        A component has no spread along an axis: its likelihood has no bound.
    """
    if isinstance(previous, Rotated):
        starts = list(previous.orientation)
    else:
        k, d = scatter.shape[:2]
        several = [scatter.sum(axis=0, keepdims=True), scatter / n[:, None, None]]
        if previous is not None:
            several.append(previous.matrices(k, d).mean(axis=0, keepdims=True))
        starts = [np.eye(d), *np.linalg.eigh(np.concatenate(several))[1]]
    axes = shared_axes(n, scatter, starts, equal)
    variances = np.einsum("kii->ki", axes.T @ scatter @ axes)
    order = np.argsort(-variances.sum(axis=0), kind="stable")
    axes, variances = axes[None, :, order], variances[:, order]
    refuse_flat(family, variances, scatter, axes)
    return axes, variances
