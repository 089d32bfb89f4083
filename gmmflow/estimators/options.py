"""The constructor parameters of `GaussianMixture` that are numbers and names, checked in `fit`."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral, Real
from typing import Any

import numpy as np

from gmmflow.estimators.refusals import InvalidParameterError

INIT_PARAMS = ("kmeans", "k-means++", "random", "random_from_data")
#: Seeds that a legacy RandomState takes.
LARGEST_SEED = 2**32 - 1


def check_options(estimator: Any) -> None:
    """Raise for the first parameter that is not allowed, in scikit-learn's words.

    Raises
    ------
    InvalidParameterError
        A ValueError and a TypeError, as in scikit-learn.
    """
    for name, allowed in _wrong(estimator):
        raise InvalidParameterError(
            f"The {name!r} parameter of {type(estimator).__name__} must be {allowed}. "
            f"Got {getattr(estimator, name)!r} instead."
        )


def _wrong(estimator: Any) -> Iterator[tuple[str, str]]:
    for name, least in (
        ("n_components", 1), ("max_iter", 0), ("n_init", 1), ("verbose_interval", 1)
    ):  # fmt: skip
        value: Any = getattr(estimator, name)
        if not isinstance(value, Integral) or int(value) < least:
            yield name, f"an int in the range [{least}, inf)"
    for name in ("tol", "reg_covar"):
        value = getattr(estimator, name)
        if not (isinstance(value, Real) and 0.0 <= float(value) < np.inf):
            yield name, "a float in the range [0.0, inf)"
    if not (isinstance(estimator.init_params, str) and estimator.init_params in INIT_PARAMS):
        yield "init_params", f"a str among {{{', '.join(map(repr, sorted(INIT_PARAMS)))}}}"
    if not isinstance(estimator.covariance_type, str):
        yield "covariance_type", "a str, the name of a covariance family"
    if not isinstance(estimator.warm_start, (bool, np.bool_)):
        yield "warm_start", "an instance of 'bool' or an instance of 'numpy.bool'"
    verbose = estimator.verbose
    if not isinstance(verbose, (Integral, np.bool_)) or int(verbose) < 0:
        yield "verbose", "an int in the range [0, inf) or an instance of 'bool'"
    if not is_random_state(estimator.random_state):
        yield (
            "random_state",
            f"an int in the range [0, {LARGEST_SEED}], an instance of "
            "'numpy.random.mtrand.RandomState', an instance of 'numpy.random.Generator' or None",
        )


def is_random_state(value: Any) -> bool:
    """Whether `random_numbers` can make a source of random numbers of it."""
    if isinstance(value, Integral):
        return 0 <= int(value) <= LARGEST_SEED
    return value is None or isinstance(value, (np.random.RandomState, np.random.Generator))


def random_numbers(random_state: Any) -> Any:
    """A source of random numbers, used as scikit-learn uses it: equal seeds, equal draws.

    Parameters
    ----------
    random_state : int, RandomState, Generator or None
        None is NumPy's global RandomState.
    """
    if random_state is None:
        return np.random.mtrand._rand
    if isinstance(random_state, Integral):
        return np.random.RandomState(int(random_state))
    return random_state
