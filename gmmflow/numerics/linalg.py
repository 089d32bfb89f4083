"""Factors of covariance matrices, and the test for those that have none."""

from __future__ import annotations

import numpy as np

#: A pivot of a correlation matrix below this many eps per column is rounding error, not a
#: variance: condition numbers up to about 1e13 / d pass.
SINGULAR_PIVOT = 64.0


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
    log_det = 2.0 * (np.log(np.einsum("kii->ki", factor)) + np.log(scale)).sum(axis=1)
    identity = np.broadcast_to(np.eye(factor.shape[-1]), factor.shape)
    whitener = np.tril(np.linalg.solve(factor, identity)) / scale[:, None, :]
    return whitener, log_det


def first_singular(covariances: np.ndarray) -> int | None:
    """Index of the first of (k, d, d) matrices that is not numerically positive definite."""
    for index, covariance in enumerate(covariances):
        variance = np.diagonal(covariance)
        if not np.isfinite(covariance).all() or (variance <= 0.0).any():
            return index
        scale = np.sqrt(variance)
        try:
            factor = np.linalg.cholesky(covariance / np.outer(scale, scale))
        except np.linalg.LinAlgError:
            return index
        eps = np.finfo(np.float64).eps
        if np.square(np.diagonal(factor)).min() < SINGULAR_PIVOT * len(scale) * eps:
            return index
    return None
