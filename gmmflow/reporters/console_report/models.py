"""The comparison of models: the best ones in full, and a grid where they are many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gmmflow.reporters.console_report.tables import plain_table
from gmmflow.reporters.facts import text
from gmmflow.reporters.facts.models import Comparison, Refusal

if TYPE_CHECKING:
    from rich.console import RenderableType

#: So many models are listed in full; of more, the best few, beside a grid of all.
LISTED, BEST = 10, 5
#: Characters of a column of the grid beside its numbers.
GAP = 2


def models(found: Comparison, width: int) -> Iterator[RenderableType]:
    """Lines of the summary on the models that were compared."""
    from rich.text import Text

    total = len(found.ranked) + len(found.degenerate)
    shown = found.ranked if total <= LISTED else found.ranked[:BEST]
    about = f"  {text.count(total, 'model')} by {found.criterion.label}, the best first"
    if len(shown) < len(found.ranked):
        about += f": {len(shown)} of them, and all in a grid"
    yield Text("\nModels", "bold").append(f"{about}; {found.criterion.direction}", "default")
    head = ["components", "distribution", found.criterion.label, "log-likelihood", "parameters"]
    table = plain_table(("", *head), ())
    for model in shown:
        mark, style = ("*", "bold") if model.index == found.chosen.index else ("", "")
        assert model.best is not None, "ranked models have a usable start"
        table.add_row(
            mark, str(model.n_components), text.printable(model.label), found.value(model),
            text.total(model.best.log_likelihood), f"{model.n_free:,}", style=style,
        )  # fmt: skip
    yield table
    if total > LISTED:
        yield from _grid(found, width)


def refusal(found: Refusal) -> str:
    """``3 models (...) are degenerate, the first: component 1 emptied``."""
    many = not found.names.startswith("1 ")
    which = "" if found.alike else ", the first"
    return f"{found.names} {'are' if many else 'is'} degenerate{which}: {found.message}"


def _grid(found: Comparison, width: int) -> Iterator[RenderableType]:
    from rich.text import Text

    decimals = 4 if found.criterion.name == "held_out" else 1
    cells = [[found.value(model, decimals) for model in row] for row in found.cells]
    law = max(map(len, found.laws))
    widest = max(len(cell) for row in cells for cell in row) + 1
    step = max(1, (width - law) // (widest + GAP))
    for first in range(0, len(found.numbers), step):
        part = slice(first, first + step)
        table = plain_table((found.criterion.label,), [f"{k}" for k in found.numbers[part]])
        for name, values, row in zip(found.laws, cells, found.cells, strict=True):
            marked = (
                Text(f"*{value}", "bold") if model.index == found.chosen.index else Text(value)
                for value, model in zip(values[part], row[part], strict=True)
            )
            table.add_row(text.printable(name), *marked)
        yield Text("")
        yield table
