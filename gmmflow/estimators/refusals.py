"""Errors and warnings of the estimators: ours, of the classes that scikit-learn would raise.

Somebody who writes ``except sklearn.exceptions.NotFittedError`` has imported scikit-learn: where it
is imported its own classes are used, and elsewhere classes of the same names and bases. It is never
imported for this.
"""

from __future__ import annotations

import sys

from gmmflow.errors import ConfigError, DataError, DegenerateError


class InvalidParameterError(ConfigError, ValueError, TypeError):
    """A constructor parameter of an estimator has a value that is not allowed."""


class InputError(DataError, ValueError):
    """The rows, weights or responsibilities cannot be used as they are."""


class InputTypeError(DataError, TypeError):
    """The rows come in a container, or hold objects, that are no numbers."""


class FitError(DegenerateError, ValueError):
    """Every initialization ended without a usable mixture."""


class NotFittedError(ValueError, AttributeError):
    """The estimator is used before it is fitted."""


class ConvergenceWarning(UserWarning):
    """A fit ended before it converged."""


def not_fitted(estimator: object) -> Exception:
    """The error of an estimator that is used before it is fitted."""
    kind: type[Exception] = _of_scikit_learn("NotFittedError", NotFittedError)
    return kind(
        f"This {type(estimator).__name__} instance is not fitted yet. Call 'fit' with appropriate "
        "arguments before using this estimator."
    )


def convergence_warning() -> type[Warning]:
    """The class of warnings about convergence."""
    return _of_scikit_learn("ConvergenceWarning", ConvergenceWarning)


def _of_scikit_learn(name: str, ours: type) -> type:
    return getattr(sys.modules.get("sklearn.exceptions"), name, ours)
