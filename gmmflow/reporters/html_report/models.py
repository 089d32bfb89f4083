"""The comparison of models on the page: the numbers of its picture, a grid, and a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gmmflow.reporters.facts import text
from gmmflow.reporters.facts.models import Comparison, Refusal
from gmmflow.reporters.html_report import palette
from gmmflow.reporters.html_report.markup import element, paragraphs, plain, table
from gmmflow.reporters.html_report.traces import finite

MAX_LISTED = 50
#: Plotly's names for the dashes of lines: with colours they tell 6 x 4 distributions apart.
DASHES = ("solid", "dash", "dot", "dashdot")


def picture(found: Comparison | None) -> dict[str, Any] | None:
    """The criterion by number of components, a line for each distribution."""
    if found is None:
        return None
    lines = []
    for i, (law, row) in enumerate(zip(found.laws, found.cells, strict=True)):
        values = [model.value(found.criterion.name) for model in row]
        lines.append(
            {
                "name": text.printable(law),
                "values": [None if value is None else finite(value, 12) for value in values],
                "colour": palette.COLOURS[i % len(palette.COLOURS)],
                "dash": DASHES[i // len(palette.COLOURS) % len(DASHES)],
                "symbol": palette.SYMBOLS[i % len(palette.SYMBOLS)],
            }
        )
    chosen = found.chosen.value(found.criterion.name)
    return {
        "criterion": found.criterion.label,
        "components": list(found.numbers),
        "lines": lines,
        "chosen": [found.chosen.n_components, None if chosen is None else finite(chosen, 12)],
    }


def section(found: Comparison | None) -> str:
    """The section of the page; nothing where there was one model."""
    if found is None:
        return ""
    total = text.count(len(found.ranked) + len(found.degenerate), "model")
    lead = (
        f"{total} were fitted side by side, and {found.chosen.name} was chosen by "
        f"{found.criterion.label} ({found.criterion.direction}). {found.criterion.meaning}"
    )
    figure = element("div", "", class_="plot", id="models-plot")
    return element(
        "section",
        element("h2", "Models")
        + element("p", plain(lead))
        + element("figure", figure)
        + _grid(found)
        + element("details", element("summary", "Every model, with all criteria") + _list(found))
        + paragraphs(map(refusal, found.refusals), class_="remark"),
    )


def refusal(found: Refusal) -> str:
    """Why models are degenerate, and what to do."""
    which = "" if found.alike else ", the first"
    return f"Degenerate: {found.names}{which}: {found.message}. {found.remedy}"


def _grid(found: Comparison) -> str:
    head = ["distribution", *map(str, found.numbers)]
    rows = (
        [law, *(_cell(found, model) for model in row)]
        for law, row in zip(found.laws, found.cells, strict=True)
    )
    caption = f"{found.criterion.label} by distribution and number of components (* chosen)"
    return table(caption, head, rows)


def _cell(found: Comparison, model: Any) -> str:
    return f"{'* ' * (model.index == found.chosen.index)}{found.value(model)}"


def _list(found: Comparison) -> str:
    head = ["components", "distribution", "log-likelihood", "free parameters", "BIC", "AIC", "ICL"]
    held_out = found.criterion.name == "held_out"
    more = f"; {MAX_LISTED} of {len(found.ranked):,}" if len(found.ranked) > MAX_LISTED else ""
    caption = f"The models, the best first{more}"
    head += [found.criterion.label] if held_out else []
    return table(
        caption, [*head, "starts", "ended"], _rows(found, held_out),
        frozenset(("distribution", "ended")),
    )  # fmt: skip


def _rows(found: Comparison, held_out: bool) -> Iterator[list[str]]:
    for model in found.ranked[:MAX_LISTED]:
        fit = model.best
        assert fit is not None, "ranked models have a usable start"
        criteria = (fit.bic, fit.aic, fit.icl)
        yield [
            str(model.n_components),
            model.label,
            text.total(fit.log_likelihood),
            f"{model.n_free:,}",
            *map(text.total, criteria),
            *([found.value(model)] if held_out else []),
            f"{len(model.fits):,}",
            str(fit.stop.reason),
        ]
