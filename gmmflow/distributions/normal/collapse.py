"""A component without a density, named before its kernel would fail."""

from __future__ import annotations

import numpy as np

from gmmflow.covariances.base import REMEDY
from gmmflow.errors import DegenerateComponent
from gmmflow.values.forms import Form


def refuse_collapsed(form: Form, means: np.ndarray) -> None:
    """Raise for the first component whose covariance has no inverse.

    Parameters
    ----------
    form : Form
    means : (k, d)

    Raises
    ------
    DegenerateComponent
        The matrix is singular, or narrower than the resolution of the numbers themselves.
    """
    variances = form.column_variances()
    # Below the resolution of the numbers themselves there is no spread left to estimate.
    resolution = np.square(4.0 * np.finfo(np.float64).eps * means)
    if len(variances) == 1:
        resolution = resolution.min(axis=0, keepdims=True)
    if variances.shape[1] == 1:
        resolution = resolution.max(axis=1, keepdims=True)
    flat = np.flatnonzero(~(variances > resolution).all(axis=1))
    component = int(flat[0]) if len(flat) else form.first_singular()
    if component is None:
        return
    if len(variances) == 1 and len(means) > 1:
        what = "the covariance that all components share is singular"
    else:
        what = "it collapsed: its covariance is singular"
    smallest, largest = variances[component].min(), variances[component].max()
    if np.isfinite(variances).all():
        smallest = form.eigenvalues()[component].min()
    raise DegenerateComponent(
        component,
        f"{what} (smallest eigenvalue {smallest:.2g}, largest variance {largest:.2g})",
        REMEDY,
    )
