"""Parameters that a user gave: names, shapes, definiteness."""

from __future__ import annotations

import numpy as np

from gmmflow.covariances.base import Covariance
from gmmflow.values.forms import form_of
from gmmflow.values.mixture import Parameters

#: An orientation may be off a rotation by this much, as numbers that were written to 8 digits are.
ORTHOGONAL = 1e-6


def given_problem(
    label: str, family: Covariance, parameters: Parameters, k: int, d: int
) -> str | None:
    """Why these cannot be parameters of k Gaussian components in d columns, or None."""
    shapes: dict[str, tuple[int, ...]] = {"means": (k, d), **family.shapes(k, d)}
    if set(parameters) != set(shapes):
        return f"{label} has {' and '.join(sorted(shapes))}, not {', '.join(parameters)}"
    for name in sorted(shapes):
        value = parameters[name]
        if value.shape != shapes[name]:
            return f"{name} has shape {value.shape}, not {shapes[name]}"
        if not np.isfinite(value).all():
            return f"{name} holds a value that is not finite"
    if "variances" in parameters and not (parameters["variances"] > 0).all():
        return "variances must be positive"
    if "orientation" in parameters:
        axes = parameters["orientation"][0]
        if not np.allclose(axes.T @ axes, np.eye(d), rtol=0.0, atol=ORTHOGONAL):
            return "orientation must be orthogonal: its columns are axes of length 1"
    if "covariances" not in parameters:
        return None
    spread = parameters["covariances"]
    if not np.allclose(spread, spread.transpose(0, 2, 1), rtol=1e-9, atol=0.0):
        return "covariances must be symmetric"
    singular = form_of(parameters).first_singular()
    return None if singular is None else f"covariances[{singular}] is not positive definite"
