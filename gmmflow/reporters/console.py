"""Progress while EM runs, and a summary at its end."""

from __future__ import annotations

from typing import Literal

from gmmflow.reporters.base import ReportContext, Reporter, Scan, Watcher
from gmmflow.reporters.console_report.progress import Bar, Lines, Progress, Silence
from gmmflow.reporters.console_report.tally import Tally
from gmmflow.stage import Field
from gmmflow.values.mixture import Mixture
from gmmflow.values.result import DataSummary, Result
from gmmflow.values.trace import Step


class Console(Reporter):
    """Progress on stderr, and at the end a summary on stdout."""

    type: Literal["console"] = "console"
    progress: Literal["auto", "bar", "lines", "none"] = Field(
        "auto",
        description="A live bar, plain lines every few seconds, or nothing; auto is a bar on a "
        "terminal and lines elsewhere.",
    )
    precision: int = Field(
        5, ge=2, le=17, description="Significant digits of the parameters in the summary."
    )

    def watch(self, context: ReportContext) -> Watcher:
        """Progress to `context.stderr`, the summary to `context.stdout`."""
        return _Console(context, _PROGRESS[self._chosen(context)](context.stderr), self.precision)

    def _chosen(self, context: ReportContext) -> str:
        if self.progress != "auto":
            return self.progress
        return "bar" if context.stderr.isatty() else "lines"


_PROGRESS: dict[str, type[Progress]] = {"bar": Bar, "lines": Lines, "none": Silence}


class _Console(Watcher):
    def __init__(self, context: ReportContext, progress: Progress, precision: int) -> None:
        self._context = context
        self._progress = progress
        self._precision = precision
        self._tally = Tally()

    def begin(self, data: DataSummary, candidates: int) -> None:
        self._tally = Tally(candidates)
        self._progress.begin(self._context.title, data, candidates)

    def step(self, step: Step, mixture: Mixture) -> None:
        if step.iteration != self._tally.iteration and self._tally.seen:
            self._progress.advance(self._tally)
        self._tally.record(step)

    def finish(self, result: Result, scan: Scan) -> None:
        from gmmflow.reporters.console_report.summary import show

        self._progress.end(result)
        context = self._context
        show(result, context.title, context.folder, context.stdout, self._precision)

    def close(self) -> None:
        self._progress.close()
