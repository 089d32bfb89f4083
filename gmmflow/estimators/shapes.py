"""Covariances in the shapes of the attributes, and back.

============  ==================================  ===================
type          ``covariances_``, ``precisions_``   form in gmmflow
============  ==================================  ===================
full          (k, d, d)                           Dense
tied          (d, d)                              Dense, shared
diag          (k, d)                              Diagonal
spherical     (k,)                                Spherical
EII .. VVV    (k, d, d)                           that of the family
============  ==================================  ===================
"""

from __future__ import annotations

import numpy as np

from gmmflow.covariances.base import Covariance
from gmmflow.numerics.linalg import inverse_factors
from gmmflow.values.forms import Dense, Diagonal, Form, Spherical


def has_matrices(covariance_type: str) -> bool:
    """Whether covariances of a type are matrices, not variances."""
    return covariance_type not in ("diag", "spherical")


def shape_of(covariance_type: str, k: int, d: int) -> tuple[int, ...]:
    """Shape of the covariances and precisions of a type."""
    return {"tied": (d, d), "diag": (k, d), "spherical": (k,)}.get(covariance_type, (k, d, d))


def to_attribute(covariance_type: str, form: Form, k: int, d: int) -> np.ndarray:
    """Covariances in the shape of ``covariances_``: a new array."""
    if covariance_type == "diag":
        return np.broadcast_to(form.column_variances(), (k, d)).copy()
    if covariance_type == "spherical":
        return np.broadcast_to(form.column_variances()[:, :1], (k, 1))[:, 0].copy()
    matrices = form.matrices(k, d)
    return np.array(matrices[0] if covariance_type == "tied" else matrices, order="C")


def to_form(covariance_type: str, covariances: np.ndarray) -> Form:
    """The form of covariances in the shape of ``covariances_``."""
    if covariance_type == "diag":
        return Diagonal(covariances)
    if covariance_type == "spherical":
        return Spherical(covariances[:, None])
    return Dense(covariances[None] if covariance_type == "tied" else covariances)


def within(
    family: Covariance, covariance_type: str, covariances: np.ndarray, weights: np.ndarray
) -> Form:
    """The member of a family that is most likely for rows of these covariances, without options.

    For scikit-learn's four types, and wherever the covariances are in the family, it is them.
    """
    if covariance_type in ("full", "tied", "diag", "spherical"):
        return to_form(covariance_type, covariances)
    plain = type(family)(type=family.type)
    scatter = weights[:, None, None] * covariances
    if plain.needs == "pooled":
        scatter = scatter.sum(axis=0, keepdims=True)
    elif plain.needs != "dense":
        scatter = np.einsum("kii->ki", scatter)
        if plain.needs == "trace":
            scatter = scatter.sum(axis=1, keepdims=True)
    return plain.maximize(weights, scatter, covariances.shape[-1], None)


def precision_factor(covariances: np.ndarray, matrices: bool) -> np.ndarray:
    """Upper triangular factors U of the precisions U U', or 1 / standard deviations.

    `matrices` says which, here and below: (k, d) and (d, d) cannot be told apart.
    """
    if not matrices:
        return np.asarray(1.0 / np.sqrt(covariances))
    stack = covariances if covariances.ndim == 3 else covariances[None]
    factors = inverse_factors(stack)[0].transpose(0, 2, 1)
    return np.ascontiguousarray(factors.reshape(covariances.shape))


def factor_of_precisions(precisions: np.ndarray, matrices: bool) -> np.ndarray:
    """The same from precisions: the Cholesky factor of the columns in reverse order, reversed."""
    if not matrices:
        return np.sqrt(precisions)
    factor = np.linalg.cholesky(precisions[..., ::-1, ::-1])
    return np.ascontiguousarray(factor[..., ::-1, ::-1])


def precisions_of(factor: np.ndarray, matrices: bool) -> np.ndarray:
    """Precisions from their factors."""
    return factor @ np.swapaxes(factor, -1, -2) if matrices else np.square(factor)


def covariances_of(factor: np.ndarray, matrices: bool) -> np.ndarray:
    """Covariances from factors of the precisions."""
    if not matrices:
        return np.asarray(1.0 / np.square(factor))
    inverse = np.linalg.inv(factor)
    return np.swapaxes(inverse, -1, -2) @ inverse
