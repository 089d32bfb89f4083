"""The log-likelihood of every start, thinned to what a picture can show."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from gmmflow.values.fit import Fit
from gmmflow.values.result import Result

MAX_STARTS = 60
MAX_STEPS = 300


def finite(value: float, digits: int = 8) -> float | None:
    """The number with so many significant digits, or None: JSON knows neither NaN nor infinity."""
    return float(f"{value:.{digits}g}") if isfinite(value) else None


def traces(result: Result) -> list[dict[str, Any]]:
    """Iterations and log-likelihoods of the starts, the kept one last so that it lies on top."""
    others = [fit for fit in result.model.fits if fit.index != result.best and fit.trace]
    return [*(_trace(fit) for fit in others[:MAX_STARTS]), _trace(result.fit)]


def _trace(fit: Fit) -> dict[str, Any]:
    steps = np.unique(np.linspace(0, len(fit.trace) - 1, MAX_STEPS).round().astype(int))
    told = [fit.trace[i] for i in steps]
    return {
        "start": fit.start,
        "usable": fit.usable,
        "iterations": [step.iteration for step in told],
        "logLikelihood": [finite(step.log_likelihood, 12) for step in told],
    }
