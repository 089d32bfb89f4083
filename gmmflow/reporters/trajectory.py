"""The path that EM took, as arrays."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from gmmflow import durable
from gmmflow.reporters.base import ReportContext, Reporter, Scan, Watcher
from gmmflow.values.result import Result

FILE_NAME = "trajectory.npz"


class Trajectory(Reporter):
    """The mixtures of all iterations of the chosen candidate, in ``trajectory.npz``.

    With T mixtures, the first being where EM started: ``iterations`` (T,), ``log_likelihood``
    (T,), ``weights`` (T, k) and every parameter of the distribution by its name, such as
    ``means`` (T, k, d). Units and order of the components are those of the result; read it with
    ``numpy.load(path, allow_pickle=False)``.
    """

    type: Literal["trajectory"] = "trajectory"
    wants_history: ClassVar[bool] = True

    @property
    def files(self) -> tuple[str, ...]:
        """The arrays."""
        return (FILE_NAME,)

    def watch(self, context: ReportContext) -> Watcher:
        """Write below the run folder."""
        return _Trajectory(context.run_folder(self.type))


class _Trajectory(Watcher):
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def finish(self, result: Result, scan: Scan) -> None:
        buffer = BytesIO()
        np.savez(buffer, **arrays(result))
        durable.write(self._folder / FILE_NAME, [buffer.getbuffer()])


def arrays(result: Result) -> dict[str, Any]:
    """The arrays of the file, by name."""
    trace, history = result.fit.trace, result.history
    stacked = {
        name: np.stack([mixture.parameters[name] for mixture in history])
        for name in result.mixture.parameters
    }
    return {
        **stacked,
        "iterations": np.array([step.iteration for step in trace], dtype=np.int64),
        "log_likelihood": np.array([step.log_likelihood for step in trace]),
        "weights": np.stack([mixture.weights for mixture in history]),
    }
