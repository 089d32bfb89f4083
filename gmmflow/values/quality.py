"""How far a result can be trusted, as plain numbers for files."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from gmmflow.values.result import Result


def quality(result: Result) -> dict[str, Any]:
    """What the likelihood and the covariance matrices say of the chosen mixture.

    Numbers that are not finite - the condition number of a singular matrix - are None: JSON knows
    none.
    """
    fit, found = result.fit, result.conditioning
    return {
        "free_parameters": fit.n_free,
        "counts": result.counts.tolist(),
        "order": result.order,
        "aitken_gap": None if fit.aitken_gap is None else _finite(fit.aitken_gap),
        "falls": list(fit.falls),
        "smallest_eigenvalues": _list(found.smallest),
        "largest_eigenvalues": _list(found.largest),
        "condition_numbers": _list(found.condition),
        "eigenvalue_ratio": _finite(found.ratio),
    }


def _list(values: np.ndarray) -> list[float | None]:
    return [_finite(value) for value in values.tolist()]


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
