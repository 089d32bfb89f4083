"""The page: a template, filled in."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from string import Template

from gmmflow.reporters.facts import headline
from gmmflow.reporters.facts.models import comparison
from gmmflow.reporters.facts.starts import spread, starts
from gmmflow.reporters.html_report import models, tables
from gmmflow.reporters.html_report.markup import data, element, paragraphs, plain
from gmmflow.reporters.html_report.pictures import Pictures
from gmmflow.values.result import Result
from gmmflow.values.trace import Reason

#: In this order: each may use what stands before it.
SCRIPTS = ("theme.js", "shapes.js", "scatter.js", "trace.js", "models.js", "replay.js")


def page(result: Result, title: str, pictures: Pictures) -> str:
    """The whole document.

    Parameters
    ----------
    result : Result
    title : str
        Name of the run.
    pictures : Pictures

    Returns
    -------
    str
        HTML that asks no network for anything: plotly.js, styles and scripts are in it, and its
        security policy lets only these scripts run and nothing be fetched.
    """
    from plotly.offline import get_plotlyjs

    library, script = get_plotlyjs(), "\n".join(map(_file, SCRIPTS))
    stop = result.fit.stop
    good = stop.reason is Reason.CONVERGED
    return Template(_file("page.html")).substitute(
        policy=_policy(library, script),
        title=plain(title),
        css=_file("page.css"),
        library=library,
        script=script,
        payload=data(pictures.payload),
        lead=plain(headline.sentence(result)),
        outcome="good" if good else "limit",
        stop=plain(f"{'Converged' if good else f'Stopped: {stop.reason}'}: {stop.message}"),
        remedy=plain(stop.remedy),
        measures=tables.measures(result),
        notes="".join(_notes(result)),
        remarks=paragraphs(pictures.remarks, class_="remark"),
        replay="" if pictures.payload["replay"] else "hidden",
        models=models.section(comparison(result)),
        components=tables.components(result),
        classes=_section("Classes", tables.classes(result)),
        spread=plain(spread(starts(result))),
        starts=tables.candidates(result),
        provenance=tables.provenance(result),
    )


def _file(name: str) -> str:
    return files("gmmflow.reporters.html_report").joinpath(name).read_text(encoding="utf-8")


def _policy(*scripts: str) -> str:
    # The browser hashes what stands between the tags; a script that was smuggled in has no hash.
    hashes = (b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{value}'" for value in hashes)
    # Plotly sets inline styles, and hands out its PNG as a data or blob URL.
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _section(heading: str, content: str) -> str:
    return element("section", element("h2", heading) + content) if content else ""


def _notes(result: Result) -> Iterator[str]:
    notes = (*result.data.notes, *result.notes)
    if notes:
        items = "".join(element("li", plain(note)) for note in notes)
        yield element("h2", "Notes") + element("ul", items)
