"""From scikit-learn's Gaussian mixture to ours, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from gmmflow.estimators.refusals import InputTypeError

#: What both have, once fitted.
ATTRIBUTES = (
    "weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_", "converged_",
    "n_iter_", "lower_bound_", "lower_bounds_", "n_features_in_", "feature_names_in_",
)  # fmt: skip
#: Ours alone.
OWN_PARAMETERS = ("resp_init", "executor")
#: Covariance types of scikit-learn.
TYPES = ("full", "tied", "diag", "spherical")


def from_scikit_learn(kind: type, model: Any) -> Any:
    """An estimator of `kind` with the parameters and attributes of scikit-learn's.

    Raises
    ------
    TypeError
        It is no ``sklearn.mixture.GaussianMixture``.
    """
    names = [f"{each.__module__}.{each.__name__}" for each in type(model).__mro__]
    if "sklearn.mixture._gaussian_mixture.GaussianMixture" not in names:
        raise InputTypeError(
            f"from_sklearn takes a sklearn.mixture.GaussianMixture, not {type(model).__name__}",
            "of a Bayesian mixture, set weights_init, means_init and precisions_init from it",
        )
    made = kind(**model.get_params(deep=False))
    _copy(model, made)
    return made


def to_scikit_learn(model: Any) -> Any:
    """A ``sklearn.mixture.GaussianMixture`` with the parameters and attributes of ours."""
    from sklearn.mixture import GaussianMixture

    parameters = {
        name: value
        for name, value in model.get_params(deep=False).items()
        if name not in OWN_PARAMETERS
    }
    if model.covariance_type not in TYPES:
        parameters["covariance_type"] = "full"
    made = GaussianMixture(**parameters)
    _copy(model, made)
    return made


def _copy(model: Any, made: Any) -> None:
    for name in ATTRIBUTES:
        if hasattr(model, name):
            value = getattr(model, name)
            setattr(made, name, value.copy() if isinstance(value, (np.ndarray, list)) else value)
