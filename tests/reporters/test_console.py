import os
import pty
import subprocess
import sys
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest

from gmmflow.reporters.console import Console
from gmmflow.values.result import ClassTable
from gmmflow.values.trace import Reason, Stop


class Terminal(StringIO):
    def isatty(self):
        return True


@pytest.fixture
def plain(monkeypatch):
    """No setting of the terminal that runs the tests shows."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def summary(case, context, **options):
    case.report(Console(progress="none", **options), context)
    return context.stdout.getvalue()


@pytest.mark.usefixtures("plain")
def test_what_a_person_wants_to_know(faithful, context):
    text = summary(faithful, context)
    for part in (
        "old_faithful\n2 components of gaussian VVV, fitted to 272 rows of eruptions, waiting",
        "log-likelihood       -1130.26396",
        "BIC               2322.19",
        "Aitken gap             not known      objective fell         never",
        "smallest eigenvalue       0.0635      eigenvalue ratio         568",
        "Components  weight, expected rows, means; in the order of their means\n",
        "Converged: the log-likelihood of a row changed by",
        "        0   0.35587    96.8      2.0364    54.479",
        "Covariance matrices",
        "            waiting       0.43517    33.697",
        "        0     0.0635      33.7         530\n",
        "3 starts: 3 reached the best log-likelihood within 1e-06 relative.",
        f"Results are in {context.folder}",
    ):
        assert part in text
    assert "\x1b" not in text
    assert max(map(len, text.splitlines()[:-1])) <= 100


@pytest.mark.usefixtures("plain")
def test_precision(faithful, context):
    mean = faithful.result.mixture.parameters["means"][0, 0]
    assert f" {mean:.7f} "[:-2] in summary(faithful, context, precision=8)
    assert f" {mean:.1f} " in summary(faithful, context, precision=2)


@pytest.mark.usefixtures("plain")
def test_classes_notes_and_failures_with_remedies(faithful, context):
    bad = Stop(Reason.DEGENERATE, "component 1: it is empty", "Ask for fewer components.")
    fits = (faithful.result.fits[0], replace(faithful.result.fits[1], stop=bad))
    classes = ClassTable(np.array([[90.0, 5.5], [2, 175]]), 0.93)
    case = faithful.with_result(fits=fits, best=0, classes=classes, notes=("Odd.\nDo this.",))
    case = case.with_data(label_names=("short", "long"), notes=("3 rows dropped.",))
    lines = [line.rstrip() for line in summary(case, context).splitlines()]
    for line in (
        "Classes  adjusted Rand index 0.9300 (1: equal, 0: unrelated)",
        "        0      90    5.5",
        "! 1 start degenerate: component 1: it is empty",
        "  Ask for fewer components.",
        "! 3 rows dropped.",
        "! Odd.",
        "  Do this.",
    ):
        assert line in lines


@pytest.mark.usefixtures("plain")
def test_a_limit_is_told_with_its_remedy(make, faithful, context):
    case = make(faithful.x, ("eruptions", "waiting"), starts=1, iterations=3)
    text = summary(case, context)
    assert "Stopped: iteration limit: 500 iterations.\n  Raise the limit." in text


@pytest.mark.usefixtures("plain")
def test_many_columns_fit_the_page_and_names_are_not_obeyed(make, context):
    x = np.random.default_rng(0).normal(size=(200, 12))
    names = ("[red]a[/red]", "\x1b[31mb", *(f"a column with a long name {i}" for i in range(10)))
    text = summary(make(x, names, starts=1, iterations=3), context)
    assert "[red]a[/red]" in text
    assert "\\x1b[31mb" in text
    assert "\x1b" not in text
    assert "Standard deviations" in text
    assert "of 12 columns; the model holds all." in text
    assert max(map(len, text.splitlines()[:-1])) <= 100


@pytest.mark.usefixtures("plain")
def test_colour_only_where_it_is_wanted(faithful, context, monkeypatch):
    def shown():
        stream = Terminal()
        summary(faithful, replace(context, stdout=stream))
        return stream.getvalue()

    assert "\x1b[32mConverged" in shown()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in shown()


@pytest.mark.usefixtures("plain")
def test_lines_where_there_is_no_terminal(faithful, context):
    faithful.report(Console(), context)
    lines = context.stderr.getvalue().splitlines(keepends=True)
    assert lines[0] == "old_faithful: 272 rows x 2 columns, EM from 3 starts\n"
    assert lines[-1].startswith("converged after ")
    assert len(lines) == 2  # a fit of a second has nothing to say in between
    assert "\r" not in context.stderr.getvalue()


@pytest.mark.usefixtures("plain")
def test_a_bar_on_a_terminal(faithful, context):
    stream = Terminal()
    faithful.report(Console(), replace(context, stderr=stream))
    assert "272 rows x 2 columns" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[2K")  # the line is gone at the end


def test_a_bar_that_is_cut_short_gives_the_cursor_back(faithful, context):
    stream = Terminal()
    watcher = Console(progress="bar").watch(replace(context, stderr=stream))
    watcher.begin(faithful.result.data, 3)
    watcher.close()
    watcher.close()
    assert "\x1b[?25h" in stream.getvalue()


def test_rich_loads_only_when_something_is_shown():
    code = (
        "import sys; from gmmflow.reporters.console import Console; Console();"
        "print([m for m in sys.modules if m.split('.')[0] in ('rich', 'plotly', 'pyarrow')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.usefixtures("plain")
def test_a_real_terminal(faithful, context):
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as stream:
        faithful.report(Console(), replace(context, stderr=stream))
    assert "EM from 3 starts" in os.read(master, 1 << 16).decode()
    os.close(master)
