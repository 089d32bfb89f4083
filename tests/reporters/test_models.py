"""What the reports say of several models: every number, the chosen one, and the degenerate ones."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

import gmmflow
from gmmflow.reporters.base import ReportContext
from gmmflow.reporters.console_report.summary import show
from gmmflow.reporters.facts.models import comparison
from gmmflow.reporters.html_report.models import picture, section
from gmmflow.reporters.json import Json
from gmmflow.values.trace import Reason, Stop

LAWS = ["EEI", "EEE", "VVI", "VVV"]


@pytest.fixture(scope="module")
def x():
    return np.loadtxt(f"{gmmflow.__path__[0]}/data/old_faithful.csv", delimiter=",", skiprows=1)


def fit(x, components, laws, **options):
    return gmmflow.fit(
        x, components, distribution={"type": "gaussian", "covariance": laws}, **options
    ).result


@pytest.fixture(scope="module")
def few(x):
    return fit(x, [2, 3], ["EEE", "VVV"], restarts=2)


@pytest.fixture(scope="module")
def many(x):
    """Sixteen models; VVV with 4 components is made degenerate."""
    result = fit(x, [1, 2, 3, 4], LAWS)
    stop = Stop(Reason.DEGENERATE, "component 1: it <b>emptied</b>", "try fewer components")
    fits = tuple(
        replace(each, mixture=None, stop=stop) if each.model == 15 else each for each in result.fits
    )
    return replace(result, fits=fits)


def text_of(result):
    stream = StringIO()
    show(result, "run", None, stream)
    return stream.getvalue()


def test_few_models_are_listed_the_best_first(few):
    said = text_of(few).split("Models")[1].split("Components")[0].splitlines()
    assert said[0] == "  4 models by BIC, the best first; lower is better"
    lines = [line.split() for line in said[3:7]]
    assert lines[0][:4] == ["*", "3", "gaussian", "EEE"]
    assert all(line[0] != "*" for line in lines[1:])
    assert [float(line[-3]) for line in lines] == sorted(float(line[-3]) for line in lines)
    rows = {(r["components"], r["distribution"]): r for r in few.rows()}
    for line in lines:
        *_, k, law, family, value, likelihood, free = line
        row = rows[int(k), f"{law} {family}"]
        assert value == f"{row['bic']:.5f}"
        assert likelihood == f"{row['log_likelihood']:.5f}"
        assert int(free) == row["free_parameters"]
    assert "2 starts" in text_of(few), "the starts of the chosen model"


def test_many_models_are_a_grid_with_the_best_in_full(many):
    said = text_of(many).split("Models")[1].split("Components")[0]
    assert "16 models by BIC, the best first: 5 of them, and all in a grid" in said
    grid = [line.split() for line in said.split("BIC  ")[-1].splitlines()]
    assert grid[0] == ["1", "2", "3", "4"]
    assert [line[0] for line in grid[2:6]] == LAWS
    assert [line[-1] for line in grid[2:6]][-1] == "-"
    assert grid[3][3].startswith("*2314.3")
    assert sum(cell.startswith("*") for line in grid for cell in line) == 1
    assert "1 model (4 components of gaussian VVV) is degenerate: component 1: it" in said
    assert "try fewer components" in said


def test_a_grid_that_is_too_wide_is_cut_into_strips(x):
    result = fit(x, range(1, 13), "EII", convergence=[{"type": "max_iterations", "limit": 1}])
    said = text_of(result)
    lines = [line.split() for line in said.splitlines()]
    heads = [words[1:] for words in lines if words[:1] == ["BIC"] and words[-1].isdecimal()]
    assert [int(n) for head in heads for n in head] == list(range(1, 13))
    assert max(map(len, said.splitlines())) <= 100


def test_held_out_rows_are_the_criterion_that_is_shown(x):
    said = text_of(fit(x, [1, 2], "VVV", select="held_out"))
    assert "2 models by held-out, the best first; higher is better" in said
    assert "\nheld-out  " in said


def test_one_model_is_compared_with_nothing(x):
    result = fit(x, 2, "VVV")
    assert comparison(result) is None
    assert "Models" not in text_of(result)
    assert section(None) == ""
    assert picture(None) is None


def test_twins_by_name_are_told_apart(x):
    result = fit(x, 2, [{"type": "VVV", "floor": 1e-6}, "VVV"])
    assert comparison(result).laws == ("VVV #1", "VVV #2")


def test_the_page_has_all_numbers_and_a_line_for_each_distribution(many):
    found = comparison(many)
    html, drawn = section(found), picture(found)
    assert "<h2>Models</h2>" in html
    assert "<b>" not in html
    assert "Degenerate: 1 model (4 components of gaussian VVV)" in html
    for row in many.rows():
        if row["bic"] is not None:
            assert f"{row['bic']:.5f}" in html
            assert f"{row['log_likelihood']:.5f}" in html
    assert drawn["components"] == [1, 2, 3, 4]
    assert [line["name"] for line in drawn["lines"]] == LAWS
    assert drawn["lines"][3]["values"][3] is None
    assert drawn["chosen"][0] == 3
    looks = {(line["colour"], line["dash"], line["symbol"]) for line in drawn["lines"]}
    assert len(looks) == len(LAWS)
    json.dumps(drawn, allow_nan=False)


def test_events_have_the_rows_of_the_comparison(many, tmp_path: Path):
    stream = StringIO()
    watcher = Json().watch(ReportContext(tmp_path, StringIO(), stream))
    watcher.finish(many, lambda task: iter(()))
    (event,) = map(json.loads, stream.getvalue().splitlines())
    assert event["criterion"] == "bic"
    assert len(event["models"]) == 16
    (chosen,) = (row for row in event["models"] if row["chosen"])
    assert (chosen["components"], chosen["distribution"]) == (3, "gaussian EEE")
    assert event["candidates"][event["best"]]["model"] == event["models"].index(chosen)
    assert event["models"][15]["bic"] is None


def test_starts_that_met_the_limit_are_counted_and_repairs_are_named(few):
    limit = Stop(Reason.ITERATION_LIMIT, "500 iterations", "raise it")
    fits = tuple(
        replace(each, stop=limit) if each.model == few.fit.model else each for each in few.fits
    )
    said = text_of(replace(few, fits=fits))
    assert "2 of them stopped at a limit, before they had converged." in " ".join(said.split())
    other = next(each.index for each in few.fits if each.distribution.label == "gaussian VVV")
    fits = tuple(
        replace(each, inside=other) if each.index == few.best else each for each in few.fits
    )
    assert "it began at the solution of gaussian VVV" in " ".join(
        text_of(replace(few, fits=fits)).split()
    )
