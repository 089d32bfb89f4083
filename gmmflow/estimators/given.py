"""``weights_init``, ``means_init`` and ``precisions_init``, checked in scikit-learn's words."""

from __future__ import annotations

from typing import Any

import numpy as np

from gmmflow.estimators.refusals import InputError
from gmmflow.estimators.rows import as_numbers, refuse_infinite
from gmmflow.estimators.shapes import has_matrices, shape_of


def given_weights(weights: Any, k: int) -> np.ndarray:
    """Weights (k,) in [0, 1], of sum 1."""
    array = _of_shape(weights, (k,), "weights")
    if (array < 0.0).any() or (array > 1.0).any():
        raise InputError(
            "The parameter 'weights' should be in the range [0, 1], but got max value "
            f"{array.max():.5f}, min value {array.min():.5f}"
        )
    if abs(1.0 - array.sum()) > (1e-6 if array.dtype == np.float32 else 1e-8):
        raise InputError(
            f"The parameter 'weights' should be normalized, but got sum(weights) = "
            f"{array.sum():.5f}"
        )
    return array.astype(np.float64)


def given_means(means: Any, k: int, d: int) -> np.ndarray:
    """Means (k, d)."""
    return _of_shape(means, (k, d), "means").astype(np.float64)


def given_precisions(precisions: Any, covariance_type: str, k: int, d: int) -> np.ndarray:
    """Positive, or symmetric positive definite, precisions in the shape of the type."""
    what = f"{covariance_type} precision"
    array = _of_shape(precisions, shape_of(covariance_type, k, d), what).astype(np.float64)
    if not has_matrices(covariance_type):
        if (array <= 0.0).any():
            raise InputError(f"'{what}' should be positive")
    elif not (
        np.allclose(array, np.swapaxes(array, -1, -2)) and (np.linalg.eigvalsh(array) > 0.0).all()
    ):
        raise InputError(f"'{what}' should be symmetric, positive-definite")
    return array


def _of_shape(value: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    array = as_numbers(value, name)
    if array.shape != shape:
        raise InputError(
            f"The parameter '{name}' should have the shape of {shape}, but got {array.shape}"
        )
    refuse_infinite(array, name)
    return array
