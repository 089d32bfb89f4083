"""A report page: pictures, a replay of EM, and the numbers, in one file that needs no network."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from gmmflow import durable
from gmmflow.reporters.base import ReportContext, Reporter, Scan, Watcher
from gmmflow.stage import Field
from gmmflow.values.result import Result

FILE_NAME = "report.html"


class Html(Reporter):
    """The page ``report.html``, to be opened in a browser; about 5 MB, most of it plotly.js.

    Data with the components' ellipses (densities for one column), the log-likelihood of every
    start, a replay of EM that a person can step through, and all numbers of the summary.
    """

    type: Literal["html"] = "html"
    wants_history: ClassVar[bool] = True
    points: int = Field(
        5000, ge=1, le=50_000, description="Rows that are drawn: a sample, if there are more."
    )
    frames: int = Field(
        40,
        ge=2,
        le=500,
        description="Steps of the replay: the first 20 iterations, then ever fewer of the rest.",
    )

    @property
    def files(self) -> tuple[str, ...]:
        """The page."""
        return (FILE_NAME,)

    def watch(self, context: ReportContext) -> Watcher:
        """Write below the run folder."""
        return _Html(context.run_folder(self.type), context.title, self.points, self.frames)


class _Html(Watcher):
    def __init__(self, folder: Path, title: str, points: int, frames: int) -> None:
        self._folder = folder
        self._title = title
        self._points = points
        self._frames = frames

    def finish(self, result: Result, scan: Scan) -> None:
        from gmmflow.reporters.html_report.page import page
        from gmmflow.reporters.html_report.pictures import pictures
        from gmmflow.reporters.html_report.sample import sample

        drawn = pictures(result, sample(scan, result.data.n_rows, self._points), self._frames)
        text = page(result, self._title, drawn)
        durable.write(self._folder / FILE_NAME, [text.encode()])
