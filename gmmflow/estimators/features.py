"""Number and names of the features: remembered by `fit`, compared by the other methods."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from gmmflow.estimators.refusals import InputError, InputTypeError

#: So many names are shown in an error.
SHOWN = 5


def feature_names(x: Any) -> np.ndarray | None:
    """Names of the columns, (d,) object, or None where they are not all text.

    Raises
    ------
    InputTypeError
        Some are text and others are not.
    """
    columns = getattr(x, "column_names", getattr(x, "columns", None))
    if columns is None or isinstance(x, np.ndarray):
        return None
    names = np.asarray(list(columns), dtype=object)
    types = sorted({type(name).__qualname__ for name in names})
    if len(types) > 1 and "str" in types:
        raise InputTypeError(
            "Feature names are only supported if all input features have string names, but your "
            f"input has {types} as feature name / column name types. Convert them all to strings, "
            "with X.columns = X.columns.astype(str) for example, or none."
        )
    return names if types == ["str"] else None


def remember_features(estimator: Any, x: Any, rows: Any) -> None:
    """Set ``n_features_in_``, and ``feature_names_in_`` where there are names."""
    names = feature_names(x)
    if names is not None:
        estimator.feature_names_in_ = names
    elif hasattr(estimator, "feature_names_in_"):
        del estimator.feature_names_in_
    estimator.n_features_in_ = rows.shape[1]


def compare_features(estimator: Any, x: Any, rows: Any) -> None:
    """Warn or raise where the columns are not those of `fit`.

    Raises
    ------
    InputError
        Their names, their order or their number differ.
    """
    known, found = getattr(estimator, "feature_names_in_", None), feature_names(x)
    name = type(estimator).__name__
    if found is not None and known is None:
        warnings.warn(
            f"X has feature names, but {name} was fitted without feature names", stacklevel=4
        )
    elif found is None and known is not None:
        warnings.warn(
            f"X does not have valid feature names, but {name} was fitted with feature names",
            stacklevel=4,
        )
    elif found is not None and known is not None and list(found) != list(known):
        raise InputError(_difference(list(known), list(found)))
    expected = getattr(estimator, "n_features_in_", estimator.means_.shape[1])
    if rows.shape[1] != expected:
        raise InputError(
            f"X has {rows.shape[1]} features, but {name} is expecting {expected} features as input."
        )


def _difference(known: list[str], found: list[str]) -> str:
    message = "The feature names should match those that were passed during fit.\n"
    parts = {
        "Feature names unseen at fit time:": sorted(set(found) - set(known)),
        "Feature names seen at fit time, yet now missing:": sorted(set(known) - set(found)),
    }
    for title, names in parts.items():
        if names:
            lines = [f"- {name}" for name in names[:SHOWN]] + ["- ..."] * (len(names) > SHOWN)
            message += "\n".join([title, *lines]) + "\n"
    if not any(parts.values()):
        message += "Feature names must be in the same order as they were in fit.\n"
    return message
