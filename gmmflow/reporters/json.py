"""Events for machines: one JSON object a line."""

from __future__ import annotations

import json
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any, Literal, TextIO

from gmmflow.durable import refusal
from gmmflow.reporters.base import ReportContext, Reporter, Scan, Watcher
from gmmflow.stage import Field
from gmmflow.values.conditioning import smallest_eigenvalue
from gmmflow.values.fit import Fit
from gmmflow.values.mixture import Mixture
from gmmflow.values.quality import quality
from gmmflow.values.result import DataSummary, Result
from gmmflow.values.trace import Step

FILE_NAME = "events.jsonl"


class Json(Reporter):
    """Events as JSON lines; numbers that are not finite are null.

    Every line has ``event``. More fields may come in later versions; these stay:

    ``begin``
        ``title``, ``rows``, ``columns`` (names in model space), ``candidates``, ``fingerprint``,
        ``notes``.
    ``step``, one for each iteration of each candidate
        ``candidate``, ``iteration``, ``log_likelihood``, ``change`` (of the log-likelihood since
        this candidate's last step, null at the first), ``objective``, ``parameter_change``,
        ``smallest_weight``, ``smallest_count`` (expected rows), ``smallest_eigenvalue`` (of the
        covariance matrices, in the units that EM works in), ``aitken_gap`` (what the objective
        would still climb, null where it cannot be told), ``seconds``.
    ``finish``
        ``log_likelihood``, ``bic``, ``aic``, ``icl``, ``free_parameters``, ``iterations``,
        ``reason`` (converged, iteration limit, time limit), ``message``, ``remedy``,
        ``components``, ``weights``, ``counts``, ``units``, ``adjusted_rand`` (null without
        labels), ``order`` (of the components: means, or start), ``aitken_gap``, ``falls``
        (iterations at which the objective fell), ``smallest_eigenvalues``,
        ``largest_eigenvalues``, ``condition_numbers``, ``eigenvalue_ratio`` (over all
        components), ``best`` (index in ``candidates``), ``candidates`` (each with ``start``,
        ``log_likelihood``, ``iterations``, ``reason``, ``message``, ``model`` (index in
        ``models``), ``inside`` (the candidate whose solution it started from, or null)),
        ``criterion``, ``models`` (rows of the comparison: ``components``, ``distribution``,
        ``chosen``, ``free_parameters``, ``log_likelihood``, ``bic``, ``aic``, ``icl``,
        ``held_out``, ``iterations``, ``starts``, ``degenerate``, ``reason``, ``message``),
        ``notes``, ``seconds``, ``folder``.

    A run that ends with an error has no ``finish``.
    """

    type: Literal["json"] = "json"
    stream: Literal["stderr", "stdout", "file"] = Field(
        "stderr", description=f"Where the lines go; file is {FILE_NAME} in the run folder."
    )

    @property
    def files(self) -> tuple[str, ...]:
        """The events, if they go to a file."""
        return (FILE_NAME,) if self.stream == "file" else ()

    def watch(self, context: ReportContext) -> Watcher:
        """Write to the chosen stream."""
        if self.stream == "file":
            path = context.run_folder(self.type) / FILE_NAME
            return _Events(context, _open(path), str(path), owned=True)
        stream = context.stdout if self.stream == "stdout" else context.stderr
        return _Events(context, stream, self.stream, owned=False)


def _open(path: Path) -> TextIO:
    try:
        return open(path, "w", encoding="utf-8")
    except OSError as error:
        raise refusal(error, path) from error


class _Events(Watcher):
    def __init__(self, context: ReportContext, stream: TextIO, name: str, owned: bool) -> None:
        self._context = context
        self._stream = stream
        self._name = name
        self._owned = owned
        self._last: dict[int, float] = {}

    def begin(self, data: DataSummary, candidates: int) -> None:
        self._write(
            "begin",
            title=self._context.title,
            rows=data.n_rows,
            columns=data.model_names,
            candidates=candidates,
            fingerprint=data.fingerprint,
            notes=data.notes,
        )

    def step(self, step: Step, mixture: Mixture) -> None:
        before = self._last.get(step.candidate)
        self._last[step.candidate] = step.log_likelihood
        self._write(
            "step",
            candidate=step.candidate,
            iteration=step.iteration,
            log_likelihood=step.log_likelihood,
            change=None if before is None else step.log_likelihood - before,
            objective=step.objective,
            parameter_change=step.parameter_change,
            smallest_weight=step.smallest_weight,
            smallest_count=step.smallest_count,
            smallest_eigenvalue=smallest_eigenvalue(mixture),
            aitken_gap=step.aitken_gap,
            seconds=step.seconds,
        )

    def finish(self, result: Result, scan: Scan) -> None:
        fit, folder = result.fit, self._context.folder
        self._write(
            "finish",
            log_likelihood=fit.log_likelihood,
            bic=fit.bic,
            aic=fit.aic,
            icl=fit.icl,
            iterations=fit.trace[-1].iteration,
            reason=str(fit.stop.reason),
            message=fit.stop.message,
            remedy=fit.stop.remedy,
            components=result.mixture.n_components,
            weights=result.mixture.weights.tolist(),
            units=result.units,
            **quality(result),
            adjusted_rand=result.classes.adjusted_rand if result.classes else None,
            best=result.best,
            candidates=[_candidate(other) for other in result.fits],
            criterion=result.criterion,
            models=result.rows(),
            notes=result.notes,
            seconds=result.seconds,
            folder=str(folder) if folder else None,
        )

    def close(self) -> None:
        if self._owned:
            # Every line was flushed, or refused, when it was written.
            with suppress(OSError):
                self._stream.close()

    def _write(self, event: str, **fields: Any) -> None:
        line = json.dumps(_finite({"event": event, **fields}), allow_nan=False)
        try:
            self._stream.write(line + "\n")
            # A reader follows the run as it goes, and a killed run keeps what it had said.
            self._stream.flush()
        except OSError as error:
            raise refusal(error, Path(self._name)) from error


def _candidate(fit: Fit) -> dict[str, Any]:
    return {
        "start": fit.start,
        "log_likelihood": fit.log_likelihood,
        "iterations": fit.trace[-1].iteration if fit.trace else 0,
        "reason": str(fit.stop.reason),
        "message": fit.stop.message,
        "model": fit.model,
        "inside": fit.inside,
    }


def _finite(value: Any) -> Any:
    # JSON has no NaN and no infinity, and strict readers refuse Python's spelling of them.
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    return value
