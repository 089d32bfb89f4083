"""What fitted attributes say of rows: labels, probabilities, densities."""

from __future__ import annotations

from typing import Any

import numpy as np

from gmmflow.covariances.vvv import VVV
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.em.frame import Frame
from gmmflow.em.posterior import Posterior
from gmmflow.estimators.data import dataset, value_errors
from gmmflow.estimators.rows import is_dask
from gmmflow.estimators.shapes import covariances_of, has_matrices, to_form
from gmmflow.model.rowwise import Answer, rowwise
from gmmflow.values.mixture import Mixture


def mixture_of(
    covariance_type: str, weights: np.ndarray, means: np.ndarray, factor: np.ndarray
) -> Mixture:
    """The mixture of the attributes ``weights_``, ``means_`` and ``precisions_cholesky_``."""
    covariances = covariances_of(factor.astype(np.float64), has_matrices(covariance_type))
    # The form decides the kernel; which family it came from does not matter any more.
    form = to_form(covariance_type, covariances)
    parameters = {"means": means.astype(np.float64), **form.arrays()}
    return Mixture(Gaussian(covariance=VVV()), weights.astype(np.float64), parameters)


def answers(
    covariance_type: str, weights: np.ndarray, means: np.ndarray, factor: np.ndarray,
    rows: Any, what: Answer,
) -> Any:  # fmt: skip
    """Labels (n,), posterior probabilities (n, k) or log densities (n,) of checked rows.

    Parameters
    ----------
    covariance_type, weights, means, factor
        Attributes of the estimator; `factor` is ``precisions_cholesky_``.
    rows : (n, d) array or Dask array
        A Dask array gives a Dask array.
    what : {"labels", "resp", "log_density"}
    """
    weights, means, factor = (np.asarray(each) for each in (weights, means, factor))
    mixture = mixture_of(covariance_type, weights, means, factor)
    centre = mixture.weights @ mixture.parameters["means"]
    posterior = Posterior.of(mixture, Frame((), centre))
    dtype = np.int64 if what == "labels" else np.result_type(rows.dtype, means.dtype)
    with value_errors():
        return rowwise(posterior, dataset(rows), what).astype(dtype, copy=False)


def mean_log_density(samples: Any, sample_weight: Any) -> float:
    """Mean of log densities (n,), weighted if there are weights; Dask arrays are computed."""
    if sample_weight is None:
        return float(samples.mean())
    if not is_dask(samples):
        return float(np.average(samples, weights=np.asarray(sample_weight)))
    return float((samples * sample_weight).sum() / sample_weight.sum())
