"""Factors of covariance matrices, and the test for those that have none."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

#: A pivot of a correlation matrix below this many eps per column is rounding error, not a
#: variance: condition numbers up to about 1e13 / d pass.
SINGULAR_PIVOT = 64.0
EPS = float(np.finfo(np.float64).eps)


def inverse_factors(covariances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inverse Cholesky factors and log-determinants of (k, d, d) matrices.

    Returns
    -------
    whitener : (k, d, d)
        Lower triangular, whitener @ covariance @ whitener.T = 1.
    log_det : (k,)
        Sums of the logs of the factor's diagonal: no determinant is ever formed.
    """
    scale = np.sqrt(np.einsum("kii->ki", covariances))
    # Columns of very different units cost no digits: the factor is that of the correlations.
    correlation = covariances / (scale[:, :, None] * scale[:, None, :])
    factor = np.linalg.cholesky(correlation)
    log_det = 2.0 * np.log(np.einsum("kii->ki", factor) * scale).sum(axis=1)
    # LU exchanges rows, and leaves rounding errors above the diagonal.
    whitener = np.linalg.inv(factor) * lower_triangle(factor.shape[-1]) / scale[:, None, :]
    return whitener, log_det


@lru_cache(maxsize=64)
def lower_triangle(d: int) -> np.ndarray:
    """Ones on and below the diagonal, (d, d), read-only."""
    triangle = np.tri(d)
    triangle.flags.writeable = False
    return triangle


def first_singular(covariances: np.ndarray) -> int | None:
    """Index of the first of (k, d, d) matrices that is not numerically positive definite."""
    if _definite(covariances):
        return None
    return next(index for index, one in enumerate(covariances) if not _definite(one[None]))


def _definite(covariances: np.ndarray) -> bool:
    """Whether all have Cholesky factors, and pivots that are no rounding error."""
    variances = np.einsum("kii->ki", covariances)
    if not np.isfinite(covariances).all() or not (variances > 0.0).all():
        return False
    scale = np.sqrt(variances)
    try:
        factor = np.linalg.cholesky(covariances / (scale[:, :, None] * scale[:, None, :]))
    except np.linalg.LinAlgError:
        return False
    pivots = np.square(np.einsum("kii->ki", factor))
    return bool(pivots.min() >= SINGULAR_PIVOT * scale.shape[1] * EPS)
