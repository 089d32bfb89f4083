"""`fit` of an estimator: from its parameters and checked rows to its attributes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmflow.distributions.gaussian import Gaussian
from gmmflow.estimators.data import dataset, start_engine, value_errors
from gmmflow.estimators.families import family
from gmmflow.estimators.fitting import M_STEP, Limits, Outcome, Rows, Start, fit
from gmmflow.estimators.given import given_means, given_precisions, given_weights
from gmmflow.estimators.joined import first_mixture
from gmmflow.estimators.options import random_numbers
from gmmflow.estimators.refusals import InputError
from gmmflow.estimators.rows import as_responsibilities, is_dask
from gmmflow.estimators.shapes import (
    covariances_of,
    factor_of_precisions,
    has_matrices,
    precision_factor,
    precisions_of,
    shape_of,
    to_attribute,
    within,
)
from gmmflow.estimators.starts import Given, row_rule
from gmmflow.values.forms import Form, form_of
from gmmflow.values.mixture import Mixture


@dataclass(frozen=True)
class Learned:
    """What a fit found.

    Attributes
    ----------
    attributes : dict
        Of the estimator, by name.
    warnings : tuple of str
    """

    attributes: dict[str, Any]
    warnings: tuple[str, ...]


def n_parameters(covariance_type: str, k: int, d: int) -> int:
    """Free parameters of a mixture."""
    return M_STEP.n_free(Gaussian(covariance=family(covariance_type, 0.0)), k, d)


def learn(estimator: Any, rows: Any, sample_weight: Any) -> Learned:
    """Fit an estimator whose parameters and rows were checked.

    Raises
    ------
    ValueError
        Of one of the classes in `refusals`.
    """
    (n, d), k = rows.shape, estimator.n_components
    gaussian = Gaussian(covariance=family(estimator.covariance_type, estimator.reg_covar))
    present = n
    if sample_weight is not None and not is_dask(sample_weight):
        present = int(np.count_nonzero(sample_weight))
    if present < k:
        raise InputError(
            f"Expected n_samples >= n_components but got n_components = {k}, n_samples = {present}"
        )
    given = given_numbers(estimator, gaussian, d)
    resp = estimator.resp_init
    resp = None if resp is None else as_responsibilities(resp, n, k)
    data = dataset(rows, sample_weight)
    with start_engine(estimator.executor, data) as engine, value_errors():
        with np.errstate(over="ignore", invalid="ignore"):  # refused, in words
            look = Rows.look(data, engine)
        warm = estimator.warm_start and hasattr(estimator, "converged_")
        if warm:
            starts = [warm_start(estimator, gaussian, d)]
        else:
            starts = cold_starts(estimator, look, gaussian, given, resp)
        limits = Limits(
            float(estimator.tol), int(estimator.max_iter), int(estimator.verbose),
            int(estimator.verbose_interval), estimator.lower_bound_ if warm else -np.inf,
        )  # fmt: skip
        outcome = fit(look, gaussian, starts, k, limits)
    return Learned(
        attributes(estimator.covariance_type, outcome, rows.dtype), lost(outcome, len(starts))
    )


def given_numbers(estimator: Any, gaussian: Gaussian, d: int) -> Start:
    """``weights_init``, ``means_init`` and ``precisions_init``, as far as they are given."""
    k, name = estimator.n_components, estimator.covariance_type
    weights = means = form = None
    if estimator.weights_init is not None:
        weights = given_weights(estimator.weights_init, k)
    if estimator.means_init is not None:
        means = given_means(estimator.means_init, k, d)
    if estimator.precisions_init is not None:
        precisions = given_precisions(estimator.precisions_init, name, k, d)
        factor = factor_of_precisions(precisions, has_matrices(name))
        form = member(gaussian, name, factor, weights)
    return Start(None, weights, means, form)


def member(
    gaussian: Gaussian, covariance_type: str, factor: np.ndarray, weights: np.ndarray | None
) -> Form:
    """The family's form of factors of precisions."""
    covariances = covariances_of(factor, has_matrices(covariance_type))
    if weights is None:
        weights = np.full(len(covariances), 1.0 / len(covariances))
    return within(gaussian.covariance, covariance_type, covariances, weights)


def cold_starts(
    estimator: Any, look: Rows, gaussian: Gaussian, given: Start, resp: Any
) -> list[Start]:
    """A start for each initialization; one where nothing is random."""
    if given.weights is not None and given.means is not None and given.form is not None:
        return [given]
    numbers = (given.weights, given.means, given.form)
    if is_dask(resp) and not look.data.in_memory:
        return [numbers_of(given.mixture(gaussian, first_mixture(look, resp, gaussian)))]
    if resp is not None:
        return [Start(Given(np.asarray(resp)), *numbers)]
    rng = random_numbers(estimator.random_state)

    def sample(size: int) -> tuple[np.ndarray, np.ndarray]:
        return look.sample(size, int(rng.uniform() * 2**53))

    return [
        Start(
            row_rule(
                look.data, estimator.n_components, estimator.init_params,
                estimator.covariance_type, rng, sample,
            ),
            *numbers,
        )
        for _ in range(estimator.n_init)
    ]  # fmt: skip


def warm_start(estimator: Any, gaussian: Gaussian, d: int) -> Start:
    """The start of a fit that goes on from the attributes.

    Raises
    ------
    InputError
        They are of other components or columns.
    """
    shape = (estimator.n_components, d)
    if estimator.means_.shape != shape:
        raise InputError(
            f"warm_start goes on from means_ of shape {estimator.means_.shape}, but "
            f"(n_components, n_features) is {shape}",
            "set warm_start=False, or fit rows of the same columns",
        )
    name = estimator.covariance_type
    if estimator.precisions_cholesky_.shape != shape_of(name, *shape):
        raise InputError(
            f"warm_start goes on from precisions of shape {estimator.precisions_cholesky_.shape}, "
            f"but those of covariance_type {name!r} are of shape {shape_of(name, *shape)}",
            "set warm_start=False, or keep the covariance_type",
        )
    weights, means, factor = (
        np.asarray(each, np.float64)
        for each in (estimator.weights_, estimator.means_, estimator.precisions_cholesky_)
    )
    return Start(None, weights, means, member(gaussian, name, factor, weights))


def numbers_of(mixture: Mixture) -> Start:
    """The start of a whole mixture."""
    parameters = mixture.parameters
    return Start(None, mixture.weights, parameters["means"], form_of(parameters))


def attributes(covariance_type: str, outcome: Outcome, dtype: np.dtype) -> dict[str, Any]:
    """Attributes of the estimator; its parameters are of the type of the rows."""
    means = outcome.mixture.parameters["means"]
    matrices = has_matrices(covariance_type)
    form = form_of(outcome.mixture.parameters)
    covariances = to_attribute(covariance_type, form, *means.shape)
    factor = precision_factor(covariances, matrices)
    arrays = {
        "weights_": outcome.mixture.weights,
        "means_": means,
        "covariances_": covariances,
        "precisions_cholesky_": factor,
        "precisions_": precisions_of(factor, matrices),
    }
    kind = dtype if dtype == np.float32 else np.float64
    return {
        **{name: array.astype(kind) for name, array in arrays.items()},
        "converged_": outcome.converged,
        "n_iter_": len(outcome.lower_bounds),
        "lower_bound_": outcome.lower_bounds[-1] if outcome.lower_bounds else -np.inf,
        "lower_bounds_": outcome.lower_bounds,
        "log_likelihood_": outcome.log_likelihood,
    }


def lost(outcome: Outcome, of: int) -> tuple[str, ...]:
    """A warning of initializations that degenerated, of so many."""
    if not outcome.degenerate:
        return ()
    reasons = "; ".join(dict.fromkeys(outcome.degenerate))
    return (
        f"{len(outcome.degenerate)} of {of} initializations degenerated and were left out: "
        f"{reasons}. Try fewer components, or a larger reg_covar.",
    )
