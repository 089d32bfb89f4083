"""What VEE, EVE and VVE have in common: axes that all components share."""

from __future__ import annotations

import numpy as np

from gmmflow.covariances.flat import flat_component
from gmmflow.numerics.linalg import SINGULAR_PIVOT, first_singular
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
    together, of every component that has spread in all directions (from another it would end in a
    spike), and of `previous` if there is one.

    Raises
    ------
    DegenerateComponent
        The search ended where a component has no spread along an axis.
    """
    k, d = scatter.shape[:2]
    if isinstance(previous, Rotated):
        starts = list(previous.orientation)
    else:
        whole = [index for index in range(k) if first_singular(scatter[index : index + 1]) is None]
        several = [scatter.sum(axis=0, keepdims=True), scatter[whole]]
        if previous is not None:
            several.append(previous.matrices(k, d).mean(axis=0, keepdims=True))
        starts = [np.eye(d), *np.linalg.eigh(np.concatenate(several))[1]]
    axes = shared_axes(n, scatter, starts, equal)
    variances = np.einsum("kii->ki", axes.T @ scatter @ axes)
    order = np.argsort(-variances.sum(axis=0), kind="stable")
    axes, variances = axes[None, :, order], variances[:, order]
    flat = SINGULAR_PIVOT * d * np.finfo(np.float64).eps * variances.max(axis=1, keepdims=True)
    for component in np.flatnonzero((variances <= flat).any(axis=1)):
        # Columns of very different units have such ratios too: they do not make it singular.
        lost = not (variances[component] > 0.0).all()
        if lost or first_singular(scatter[component : component + 1]) is not None:
            raise flat_component(family, int(component))
    return axes, variances
