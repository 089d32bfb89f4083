"""Rows drawn from a mixture, with the random numbers that scikit-learn would use."""

from __future__ import annotations

from typing import Any

import numpy as np

from gmmflow.estimators.shapes import has_matrices


def draw(
    covariance_type: str, weights: np.ndarray, means: np.ndarray, covariances: np.ndarray,
    n_rows: int, rng: Any,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Rows (n, d) and their components (n,), component by component.

    Parameters
    ----------
    covariance_type, weights, means, covariances
        Attributes of the estimator.
    n_rows : int
    rng : RandomState or Generator
    """
    counts = rng.multinomial(n_rows, weights)
    d = means.shape[1]
    if covariance_type == "tied":
        covariances = np.broadcast_to(covariances, (len(means), d, d))
    parts = []
    for mean, covariance, count in zip(means, covariances, counts, strict=True):
        if has_matrices(covariance_type):
            parts.append(rng.multivariate_normal(mean, covariance, int(count)))
        else:
            parts.append(mean + rng.standard_normal(size=(count, d)) * np.sqrt(covariance))
    return np.vstack(parts), np.repeat(np.arange(len(means)), counts)
