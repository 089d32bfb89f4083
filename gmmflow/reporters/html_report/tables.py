"""The numbers of the page: components, classes, starts, versions."""

from __future__ import annotations

import platform
from importlib.metadata import version

from gmmflow import __version__
from gmmflow.reporters.facts import components as facts
from gmmflow.reporters.facts import headline, text
from gmmflow.reporters.facts.starts import starts
from gmmflow.reporters.html_report.markup import element, plain, table
from gmmflow.values.result import Result
from gmmflow.values.trace import Stop

PRECISION = 5
MAX_COMPONENTS = 100
MAX_COLUMNS = 100
MAX_STARTS = 50
#: Covariance matrices are shown for so many numbers at most; standard deviations always are.
MAX_MATRIX_CELLS = 2_000


def measures(result: Result) -> str:
    """Cards: a name, a value, and what it means."""
    return "".join(
        element(
            "div",
            element("dt", plain(measure.name)) + element("dd", plain(measure.value)),
            title=measure.meaning,
        )
        for measure in headline.measures(result)
    )


def components(result: Result) -> str:
    """Weights, expected rows, means; standard deviations; covariance matrices where few."""
    mixture, names = result.mixture, result.data.model_names[:MAX_COLUMNS]
    k, d = min(mixture.n_components, MAX_COMPONENTS), len(names)
    means, deviations = facts.means(mixture), facts.standard_deviations(mixture, k)
    units = "" if result.units == "data" else " in transformed units"

    def row(i: int) -> list[str]:
        cells = [str(i), text.number(mixture.weights[i], PRECISION)]
        cells.append(text.expected(result.counts[i]))
        cells += facts.eigenvalues(result, i)
        for mean, deviation in zip(means[i, :d], deviations[i, :d], strict=True):
            cells += [text.number(mean, PRECISION), text.number(deviation, PRECISION)]
        return cells

    head = ["component", "weight", "rows"]
    head += ["smallest eigenvalue", "largest eigenvalue", "condition number"]
    head += [label for name in names for label in (f"mean {name}", f"± sd {name}")]
    caption = facts.heading(
        result, "Weights, expected rows, eigenvalues of covariances, means, standard deviations"
    )
    parts = [table(caption, head, (row(i) for i in range(k)))]
    if k < mixture.n_components or d < len(result.data.model_names):
        parts.append(
            element(
                "p",
                f"Shown: {k} of {text.count(mixture.n_components, 'component')}, "
                f"{d} of {text.count(len(result.data.model_names), 'column')}.",
            )
        )
    if k * d * d <= MAX_MATRIX_CELLS:
        parts.append(_matrices(result, k, units))
    return "".join(parts)


def _matrices(result: Result, k: int, units: str) -> str:
    names = result.data.model_names
    shown = "".join(
        table(
            f"component {i}",
            ["", *names],
            (
                [name, *(text.number(value, PRECISION) for value in row)]
                for name, row in zip(names, facts.covariance(result.mixture, i), strict=True)
            ),
        )
        for i in range(k)
    )
    summary = element("summary", f"Covariance matrices{units}")
    return element("details", summary + element("div", shown, class_="matrices"))


def classes(result: Result) -> str:
    """How components and given classes meet."""
    if result.classes is None:
        return ""
    names = result.data.label_names[:MAX_COLUMNS]
    rows = (
        [str(i), *(text.weight(value) for value in row[: len(names)])]
        for i, row in enumerate(result.classes.counts[:MAX_COMPONENTS])
    )
    told = (
        f"Adjusted Rand index {result.classes.adjusted_rand:.4f}: 1 where components and classes "
        "are the same partition, about 0 where they are unrelated."
    )
    return element("p", told) + table(
        "Rows of each class by component", ["component", *names], rows
    )


def candidates(result: Result) -> str:
    """Every start, the best first."""
    these = starts(result)
    if these.total == 1:
        return ""
    fits = result.model.fits
    order = sorted(fits, key=lambda fit: (not fit.usable, -fit.log_likelihood, fit.start))
    rows = (
        [
            str(fit.start),
            text.total(fit.log_likelihood) if fit.usable else "none",
            f"{fit.trace[-1].iteration:,}" if fit.trace else "0",
            str(fit.stop.reason),
            _why(fit.stop),
        ]
        for fit in order[:MAX_STARTS]
    )
    head = ["start", "log-likelihood", "iterations", "ended", "why"]
    more = f"; {MAX_STARTS} of {these.total:,}" if these.total > MAX_STARTS else ""
    return table(f"Every start, the best first{more}", head, rows, frozenset(("ended", "why")))


def _why(stop: Stop) -> str:
    return f"{stop.message.rstrip('.')}; {stop.remedy}" if stop.remedy else stop.message


def provenance(result: Result) -> str:
    """With what the page was made."""
    libraries = (f"{name} {version(name)}" for name in ("numpy", "scipy", "plotly"))
    rows = [
        ["gmmflow", __version__],
        ["Python", platform.python_version()],
        ["libraries", ", ".join(libraries)],
        ["data fingerprint", result.data.fingerprint or "not recorded"],
        ["wall time of the fit", text.seconds(result.seconds)],
    ]
    return table("Versions and data", ["what", "value"], rows, frozenset(("value",)))
