"""Ways to show that EM moves: a live bar on a terminal, lines in a log file, nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from gmmflow.reporters.console_report.tally import Tally
from gmmflow.reporters.facts import text
from gmmflow.values.result import DataSummary, Result

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

#: Seconds between two lines: a log of an hour stays readable.
EVERY = 5.0
REFRESH_PER_SECOND = 8


class Progress:
    """Shows where the fit stands.

    Parameters
    ----------
    stream : TextIO
        Where to.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def begin(self, title: str, data: DataSummary, candidates: int) -> None:
        """The fit starts."""

    def advance(self, tally: Tally) -> None:
        """All running candidates were evaluated once more."""

    def end(self, result: Result) -> None:
        """The fit is done."""

    def close(self) -> None:
        """Leave the stream as it was; called in any case."""


class Silence(Progress):
    """Shows nothing."""


class Lines(Progress):
    """A line at the start, at most one every few seconds, and one at the end."""

    def begin(self, title: str, data: DataSummary, candidates: int) -> None:
        """Say what is about to be fitted."""
        self._spoke = 0.0
        self._print(f"{text.printable(title)}: {_start(data, candidates)}")

    def advance(self, tally: Tally) -> None:
        """Say where the fit stands, unless that was said just now."""
        if tally.seconds >= self._spoke + EVERY:
            self._spoke = tally.seconds
            self._print(f"{tally.line()}, {text.seconds(tally.seconds)}")

    def end(self, result: Result) -> None:
        """Say how it ended."""
        fit = result.fit
        self._print(
            f"{fit.stop.reason} after {text.count(fit.trace[-1].iteration, 'iteration')}: "
            f"log-likelihood {text.total(fit.log_likelihood)}, {text.seconds(result.seconds)}"
        )

    def _print(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()


class Bar(Progress):
    """One live line that is gone when the fit is done."""

    _live: RichProgress | None = None

    def begin(self, title: str, data: DataSummary, candidates: int) -> None:
        """Draw the line."""
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._live = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=Console(file=self._stream, force_terminal=True, highlight=False),
            transient=True,
            refresh_per_second=REFRESH_PER_SECOND,
            # Results on stdout are not ours to redraw.
            redirect_stdout=False,
        )
        # How many iterations there will be is not known: a spinner turns instead of a bar filling.
        self._task = self._live.add_task(_start(data, candidates), total=None)
        self._live.start()

    def advance(self, tally: Tally) -> None:
        """Change its text; the screen follows a few times a second."""
        if self._live is not None:
            self._live.update(self._task, description=tally.line())

    def end(self, result: Result) -> None:
        """Clear the line before the summary."""
        self.close()

    def close(self) -> None:
        """Clear the line and give the cursor back."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def _start(data: DataSummary, candidates: int) -> str:
    d = len(data.model_names)
    return (
        f"{text.count(data.n_rows, 'row')} x {text.count(d, 'column')}, "
        f"EM from {text.count(candidates, 'start')}"
    )
