"""A `Result` as plain values and arrays, and back, bit by bit.

Floating-point numbers that must come back exactly and may be infinite are arrays; the history of
an iteration is left to the reporter `trajectory`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from gmmflow.distributions.base import Distribution
from gmmflow.values.fit import Fit
from gmmflow.values.mixture import Mixture
from gmmflow.values.moments import Moments
from gmmflow.values.result import ClassTable, DataSummary, Result
from gmmflow.values.trace import Reason, Step, Stop

Values = dict[str, Any]
Arrays = dict[str, np.ndarray]

#: Columns of the array `trace`.
_STEP = tuple(field.name for field in fields(Step))
_WHOLE = ("candidate", "iteration")


def describe_result(result: Result) -> tuple[Values, Arrays]:
    """Everything of a result but its histories."""
    arrays: Arrays = {"counts": result.counts, **_trace_arrays(result.fits)}
    distributions: list[Values] = []

    def index_of(distribution: Distribution) -> int:
        description = distribution.model_dump(mode="json")
        if description not in distributions:
            distributions.append(description)
        return distributions.index(description)

    mixtures = {f"fits/{fit.index}": fit.mixture for fit in result.fits} | {
        "mixture": result.mixture
    }
    of_mixture = {}
    for name, mixture in mixtures.items():
        if mixture is not None:
            of_mixture[name] = index_of(mixture.distribution)
            arrays |= _mixture_arrays(name, mixture)
    moments = {f.name: getattr(result.data.moments, f.name) for f in fields(Moments)}
    arrays |= {f"data/{k}": v for k, v in moments.items() if isinstance(v, np.ndarray)}
    if result.classes is not None:
        arrays["classes"] = result.classes.counts
    values = {
        "best": result.best,
        "units": result.units,
        "seconds": result.seconds,
        "random_start": result.random_start,
        "order": result.order,
        "criterion": result.criterion,
        "notes": list(result.notes),
        "adjusted_rand": result.classes.adjusted_rand if result.classes else None,
        "data": {
            **{field.name: getattr(result.data, field.name) for field in fields(DataSummary)},
            "moments": {k: v for k, v in moments.items() if not isinstance(v, np.ndarray)},
        },
        "distributions": distributions,
        "mixtures": of_mixture,
        "fits": [
            {
                "index": fit.index,
                "start": fit.start,
                "n_free": fit.n_free,
                "model": fit.model,
                "n_components": fit.n_components,
                "distribution": index_of(fit.distribution),
                "inside": fit.inside,
                "steps": len(fit.trace),
                "stop": asdict(fit.stop),
            }
            for fit in result.fits
        ],
    }
    return values, arrays


def restore_result(
    values: Values, arrays: Arrays, build: Callable[[Values], Distribution]
) -> Result:
    """The result that `describe_result` described.

    Parameters
    ----------
    values, arrays
    build : callable
        Makes a distribution from its description.

    Raises
    ------
    KeyError, IndexError, TypeError, ValueError
        Something is missing, or has another form.
    """
    distributions = [build(each) for each in values["distributions"]]
    mixtures = {
        name: _mixture(name, distributions[which], arrays)
        for name, which in values["mixtures"].items()
    }
    steps = _steps(arrays)
    found, first = [], 0
    for each in values["fits"]:
        stop = Stop(**{**each["stop"], "reason": Reason(each["stop"]["reason"])})
        trace = tuple(steps[first : first + each["steps"]])
        first += each["steps"]
        mixture = mixtures.get(f"fits/{each['index']}")
        fit = Fit(
            each["index"], each["start"], mixture, trace, stop, each["n_free"], each["model"],
            each["n_components"], distributions[each["distribution"]], each["inside"],
        )  # fmt: skip
        found.append(fit)
    rand = values["adjusted_rand"]
    return Result(
        fits=tuple(found),
        best=values["best"],
        mixture=mixtures["mixture"],
        units=values["units"],
        data=_summary(values["data"], arrays),
        counts=arrays["counts"],
        classes=None if rand is None else ClassTable(arrays["classes"], rand),
        notes=tuple(values["notes"]),
        seconds=values["seconds"],
        random_start=values["random_start"],
        order=values["order"],
        criterion=values["criterion"],
    )


def _summary(values: Values, arrays: Arrays) -> DataSummary:
    prefix = "data/"
    learned = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
    of_moments: Values = {**values["moments"], **learned}
    texts: Values = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return DataSummary(**{**texts, "moments": Moments(**of_moments)})


def _mixture_arrays(name: str, mixture: Mixture) -> Arrays:
    parameters = {f"{name}/parameters/{key}": value for key, value in mixture.parameters.items()}
    return {f"{name}/weights": mixture.weights, **parameters}


def _mixture(name: str, distribution: Distribution, arrays: Arrays) -> Mixture:
    prefix = f"{name}/parameters/"
    parameters = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
    return Mixture(distribution, arrays[f"{name}/weights"], parameters)


def _trace_arrays(fits: Sequence[Fit]) -> Arrays:
    """All steps below each other; what is None is NaN, and not known."""
    rows = [[getattr(step, name) for name in _STEP] for fit in fits for step in fit.trace]
    known = [[value is not None for value in row] for row in rows]
    shape = (len(rows), len(_STEP))
    return {
        "trace": np.array(rows, dtype=np.float64).reshape(shape),
        "trace_known": np.array(known, dtype=bool).reshape(shape),
    }


def _steps(arrays: Arrays) -> list[Step]:
    steps = []
    for row, known in zip(arrays["trace"].tolist(), arrays["trace_known"].tolist(), strict=True):
        values = dict(zip(_STEP, row, strict=True))
        whole = {name: int(values[name]) for name in _WHOLE}
        unknown = {name: None for name, is_known in zip(_STEP, known, strict=True) if not is_known}
        steps.append(Step(**{**values, **whole, **unknown}))
    return steps
