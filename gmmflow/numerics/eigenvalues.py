"""The smallest and the largest eigenvalue of covariance matrices, both with all their digits."""

from __future__ import annotations

import numpy as np

from gmmflow.numerics.linalg import inverse_factors


def extreme_eigenvalues(covariances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Smallest and largest eigenvalue of each of (k, d, d) matrices, (k,) each.

    An eigenvalue solver's error is a rounding unit of the *largest* eigenvalue, in which the
    smallest one may drown where columns have very different units. It is the reciprocal of the
    largest eigenvalue of the inverse, whose factor comes from the correlations. A matrix that has
    no such factor is singular: its smallest eigenvalue is 0.

    Source: Demmel and Veselic 1992, SIAM J. Matrix Anal. Appl. 13:1204-1245.
    """
    largest = np.linalg.eigvalsh(covariances)[:, -1]
    smallest = np.zeros(len(covariances))
    for i, covariance in enumerate(covariances):
        if (np.diagonal(covariance) > 0.0).all():
            try:
                whitener, _ = inverse_factors(covariance[None])
            except np.linalg.LinAlgError:
                continue
            smallest[i] = min(1.0 / np.linalg.norm(whitener[0], 2) ** 2, largest[i])
    return smallest, largest
