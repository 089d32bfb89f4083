"""The smallest and the largest eigenvalue of covariance matrices, both with all their digits."""

from __future__ import annotations

import numpy as np

from gmmflow.numerics.linalg import inverse_factors


def extreme_eigenvalues(covariances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Smallest and largest eigenvalue of each of (k, d, d) matrices, (k,) each.

    An eigenvalue solver's error is a rounding unit of the *largest* eigenvalue, in which the
    smallest one may drown where columns have very different units. It is the reciprocal of the
    largest eigenvalue of the inverse, whose factor comes from the correlations. A matrix that has
    no such factor is singular: its smallest eigenvalue is 0. Those of a matrix that is not finite
    (a law without variances) are NaN.

    Source: Demmel and Veselic 1992, SIAM J. Matrix Anal. Appl. 13:1204-1245.
    """
    smallest, largest = np.zeros((2, len(covariances)))
    finite = np.isfinite(covariances).all(axis=(1, 2))
    smallest[~finite] = largest[~finite] = np.nan
    largest[finite] = np.linalg.eigvalsh(covariances[finite])[:, -1]
    for i, covariance in enumerate(covariances):
        if finite[i] and (np.diagonal(covariance) > 0.0).all():
            try:
                # What overflows is no covariance matrix, and has no factor.
                with np.errstate(all="ignore"):
                    whitener, _ = inverse_factors(covariance[None])
                    smallest[i] = min(np.linalg.norm(whitener[0], 2) ** -2.0, largest[i])
            except np.linalg.LinAlgError:
                continue
    return smallest, largest
