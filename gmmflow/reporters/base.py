"""What a reporter is: it watches the fit, and writes results.

Laws: it never changes what is fitted; it writes only below the run folder or to its stream.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TextIO

from gmmflow.errors import OutputError
from gmmflow.stage import Stage
from gmmflow.values.dataset import Chunk
from gmmflow.values.mixture import Mixture
from gmmflow.values.result import DataSummary, Result
from gmmflow.values.trace import Step


@dataclass(frozen=True)
class ReportContext:
    """Where a reporter may write.

    Attributes
    ----------
    folder : Path or None
        The run folder; None for a fit that leaves no folder.
    stdout, stderr : TextIO
        Results go to stdout, progress to stderr.
    title : str
        Name of the run for headings: the stem of the config.
    """

    folder: Path | None
    stdout: TextIO
    stderr: TextIO
    title: str = "gmmflow"

    def run_folder(self, reporter: str) -> Path:
        """Absolute path of the run folder, asked for before the fit rather than after it.

        Raises
        ------
        OutputError
            The run leaves no folder, and `reporter` writes files.
        """
        if self.folder is None:
            raise OutputError(
                f"the report {reporter!r} writes files, but this fit has no output folder.",
                "Run a config, which has an output folder, or leave this report out.",
            )
        return self.folder.resolve()


@dataclass(frozen=True)
class Labelled:
    """A chunk with what the chosen mixture says of its rows (data in data units).

    Attributes
    ----------
    chunk : Chunk
        Raw rows.
    resp : (m, k)
        Posterior probabilities.
    log_density : (m,)
        Natural log of the mixture density in data units.
    model_rows : (m, d') or None
        The rows in the units and columns that `Result.mixture` lives in
        (`DataSummary.model_names`); None where these are the raw rows.
    """

    chunk: Chunk
    resp: Any
    log_density: Any
    model_rows: Any = None

    @property
    def points(self) -> Any:
        """Rows in the space of `Result.mixture`."""
        return self.chunk.rows if self.model_rows is None else self.model_rows


#: Runs a picklable task on every labelled chunk, in order, where the data are.
Scan = Callable[[Callable[[Labelled], Any]], Iterator[Any]]


class Watcher:
    """What a reporter does during a run; every method may be left as it is."""

    def begin(self, data: DataSummary, candidates: int) -> None:
        """The data have been looked at; the fit of so many candidates starts."""

    def step(self, step: Step, mixture: Mixture) -> None:
        """A candidate's mixture was evaluated."""

    def finish(self, result: Result, scan: Scan) -> None:
        """The fit is done."""

    def close(self) -> None:
        """Called at the end in any case, also after an error."""


class Reporter(Stage):
    """Watches and reports."""

    kind: ClassVar[str] = "reporters"
    #: Whether `Result.history` must hold every iteration's mixture.
    wants_history: ClassVar[bool] = False

    @property
    def files(self) -> tuple[str, ...]:
        """What it writes, as globs below the run folder: a run that starts over removes it."""
        return ()

    @abstractmethod
    def watch(self, context: ReportContext) -> Watcher:
        """The watcher of one run."""
