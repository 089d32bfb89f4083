"""The tables of the summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from gmmflow.reporters.facts import components as facts
from gmmflow.reporters.facts import headline, text
from gmmflow.values.result import Result

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

#: More components than this are a file to read, not a screen.
MAX_COMPONENTS = 20
#: Up to so many columns and components, covariance matrices are printed in full.
MATRIX_COLUMNS, MATRIX_COMPONENTS = 4, 6
NAME_WIDTH = 14


def measures(result: Result) -> Table:
    """Log-likelihood and criteria in two columns of names and values."""
    table = _grid()
    found = headline.measures(result)
    for left, right in zip_longest(found[::2], found[1::2]):
        more = () if right is None else ("  ", right.name, right.value)
        table.add_row(left.name, left.value, *more)
    return table


def components(result: Result, precision: int, width: int) -> Iterator[RenderableType]:
    """Weights and means; then covariance matrices, or standard deviations where those are many."""
    from rich.text import Text

    mixture, names = result.mixture, result.data.model_names
    k, d = min(mixture.n_components, MAX_COMPONENTS), _fitting(names, precision, width)
    means = facts.means(mixture)
    units = "" if result.units == "data" else ", in transformed units"
    heading = facts.heading(result, "weight, expected rows, means")
    yield Text("\nComponents", "bold").append(f"  {heading}", "default")
    table = plain_table(("component", "weight", "rows"), names[:d])
    for i in range(k):
        values = (text.number(value, precision) for value in means[i, :d])
        weight = text.number(mixture.weights[i], precision)
        table.add_row(str(i), weight, text.expected(result.counts[i]), *values)
    yield table
    yield from _left_out(k, mixture.n_components, d, len(names))
    if len(names) <= MATRIX_COLUMNS and mixture.n_components <= MATRIX_COMPONENTS:
        yield Text(f"\nCovariance matrices{units}", "bold")
        yield from _matrices(result, precision)
    else:
        yield Text(f"\nStandard deviations{units}", "bold")
        yield _deviations(facts.standard_deviations(mixture, k)[:, :d], names[:d], precision)
    yield Text(f"\nEigenvalues of the covariance matrices{units}", "bold")
    yield _eigenvalues(result, k)


def classes(result: Result, width: int) -> Iterator[RenderableType]:
    """How components and given classes meet."""
    from rich.text import Text

    if result.classes is None:
        return
    names, counts = result.data.label_names, result.classes.counts
    shown = max(1, min(len(names), (width - NAME_WIDTH) // (NAME_WIDTH + 2)))
    yield Text("\nClasses", "bold").append(
        f"  adjusted Rand index {result.classes.adjusted_rand:.4f} (1: equal, 0: unrelated)",
        "default",
    )
    table = plain_table(("component",), names[:shown])
    for i, row in enumerate(counts[:MAX_COMPONENTS]):
        table.add_row(str(i), *(text.weight(value) for value in row[:shown]))
    yield table
    yield from _left_out(
        min(len(counts), MAX_COMPONENTS), len(counts), shown, len(names), "classes"
    )


def _eigenvalues(result: Result, k: int) -> Table:
    table = plain_table(("component",), ("smallest", "largest", "condition"))
    for i in range(k):
        table.add_row(str(i), *facts.eigenvalues(result, i))
    return table


def _matrices(result: Result, precision: int) -> Iterator[RenderableType]:
    names = result.data.model_names
    table = plain_table(("component", "column"), names)
    for i, matrix in enumerate(facts.covariances(result.mixture)):
        for j, row in enumerate(matrix):
            values = (text.number(value, precision) for value in row)
            table.add_row(str(i) if j == 0 else "", _name(names[j]), *values)
    yield table


def _deviations(values: np.ndarray, names: Sequence[str], precision: int) -> Table:
    table = plain_table(("component",), names)
    for i, row in enumerate(values):
        table.add_row(str(i), *(text.number(value, precision) for value in row))
    return table


def _fitting(names: Sequence[str], precision: int, width: int) -> int:
    # Weight, rows and number of the component take about 30 characters.
    column = max(precision + 6, *(len(_name(name)) for name in names)) + 2
    return max(1, min(len(names), (width - 30) // column))


def _left_out(
    k: int, all_k: int, d: int, all_d: int, what: str = "columns"
) -> Iterator[RenderableType]:
    from rich.text import Text

    short = [
        f"{shown} of {n:,} {name}"
        for shown, n, name in ((k, all_k, "components"), (d, all_d, what))
        if shown < n
    ]
    if short:
        yield Text(f"Shown: the first {' and '.join(short)}; the model holds all.", "dim")


def _name(name: str) -> str:
    name = text.printable(name)
    return name if len(name) <= NAME_WIDTH else name[: NAME_WIDTH - 1] + "…"


def _grid() -> Table:
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for justify in ("left", "right", "left", "left", "right"):
        table.add_column(justify=justify)
    return table


def plain_table(lead: Sequence[str], names: Sequence[str]) -> Table:
    """A table without lines but one: columns `lead` by their names, then columns of the data."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="")
    for name in lead:
        justify = "left" if name in ("column", "distribution") else "right"
        table.add_column(Text(name), justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for name in names:
        table.add_column(Text(_name(name)), justify="right", no_wrap=True)
    return table
