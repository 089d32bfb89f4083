"""The summary of a result, for a terminal and, at a fixed width, for a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from gmmflow.reporters.console_report import models, tables
from gmmflow.reporters.facts import headline, text
from gmmflow.reporters.facts.models import comparison
from gmmflow.reporters.facts.starts import spread, starts
from gmmflow.values.result import Result
from gmmflow.values.trace import Reason

if TYPE_CHECKING:
    from rich.console import Group, RenderableType

#: Columns of a page that is not a terminal.
WIDTH = 100


def show(
    result: Result, title: str, folder: Path | None, stream: TextIO, precision: int = 5
) -> None:
    """Print the summary, in colour where `stream` is a terminal that wants it.

    Parameters
    ----------
    result : Result
    title : str
        Name of the run.
    folder : Path or None
        Where the results are, if anywhere.
    stream : TextIO
    precision : int
        Significant digits of the parameters.
    """
    from rich.console import Console

    width = None if stream.isatty() else WIDTH
    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    console.print(summary(result, title, folder, precision, console.width))


def summary(
    result: Result, title: str, folder: Path | None, precision: int = 5, width: int = WIDTH
) -> Group:
    """What a person wants to know of a result, as a rich renderable.

    Parameters
    ----------
    result, title, folder, precision
        As for `show`.
    width : int
        Characters of a line; decides how many columns of the data the tables show.
    """
    from rich.console import Group

    return Group(*_parts(result, title, folder, precision, width))


def _parts(
    result: Result, title: str, folder: Path | None, precision: int, width: int
) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(text.printable(title), "bold")
    yield Text(headline.sentence(result))
    yield Text("")
    yield tables.measures(result)
    yield Text("")
    yield from _stop(result)
    compared = comparison(result)
    if compared is not None:
        yield from models.models(compared, width)
        for refused in compared.refusals:
            yield from _note(models.refusal(refused), refused.remedy)
    yield from tables.components(result, precision, width)
    yield from tables.classes(result, width)
    yield Text("\nStarts", "bold")
    these = starts(result)
    yield Text(spread(these))
    for failure in these.failures:
        n = text.count(failure.starts, "start")
        which = "" if failure.alike else ", one of them"
        yield from _note(f"{n} degenerate{which}: {failure.message}", failure.remedy)
    notes = (*result.data.notes, *result.notes)
    if notes:
        yield Text("\nNotes", "bold")
        for note in notes:
            yield from _note(note)
    if folder is not None:
        # A path that was broken over two lines could not be copied.
        yield Text(
            f"\nResults are in {text.printable(str(folder))}", no_wrap=True, overflow="ignore"
        )


def _stop(result: Result) -> Iterator[RenderableType]:
    from rich.text import Text

    stop = result.fit.stop
    good = stop.reason is Reason.CONVERGED
    words = Text(
        f"{'Converged' if good else f'Stopped: {stop.reason}'}", "green" if good else "yellow"
    )
    yield words.append(f": {text.printable(stop.message)}", "default")
    if stop.remedy:
        yield Text(f"  {text.printable(stop.remedy)}")


def _note(note: str, remedy: str = "") -> Iterator[RenderableType]:
    from rich.table import Table
    from rich.text import Text

    lines = [line.strip() for part in (note, remedy) for line in part.splitlines()]
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text("!", "yellow"), Text("\n".join(map(text.printable, filter(None, lines)))))
    yield grid
