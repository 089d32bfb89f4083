import json
from dataclasses import replace

import pytest

from gmmflow.errors import OutputError
from gmmflow.reporters.base import ReportContext
from gmmflow.reporters.json import Json
from gmmflow.values.result import ClassTable


def events(text):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]


def test_begin_steps_and_finish(faithful, context):
    faithful.report(Json(), context)
    told = events(context.stderr.getvalue())
    assert context.stdout.getvalue() == ""
    assert [told[0]["event"], told[1]["event"], told[-1]["event"]] == ["begin", "step", "finish"]
    assert told[0]["columns"] == ["eruptions", "waiting"]
    assert (told[0]["rows"], told[0]["candidates"]) == (272, 3)
    steps = [e for e in told if e["event"] == "step" and e["candidate"] == 1]
    assert [step["iteration"] for step in steps] == list(range(len(steps)))
    assert steps[0]["change"] is None
    assert steps[1]["change"] == steps[1]["log_likelihood"] - steps[0]["log_likelihood"]
    end = told[-1]
    assert end["log_likelihood"] == pytest.approx(-1130.26396, abs=5e-6)
    assert end["bic"] == faithful.result.fit.bic
    assert (end["reason"], end["components"], end["adjusted_rand"]) == ("converged", 2, None)
    assert end["candidates"][end["best"]]["log_likelihood"] == end["log_likelihood"]
    assert end["folder"] == str(context.folder)


def test_how_far_the_result_can_be_trusted(faithful, context):
    from numpy.linalg import eigvalsh

    fit = faithful.result.fit
    steps = [replace(step, aitken_gap=0.25) for step in fit.trace]
    fell = replace(steps[3], objective=steps[2].objective - 1.0)
    odd = replace(fit, trace=(*steps[:3], fell, *steps[4:]))
    faithful.with_result(fits=(odd,), best=0, order="start").report(Json(), context)
    *_, step, end = events(context.stderr.getvalue())
    values = [eigvalsh(each) for each in faithful.result.mixture.parameters["covariances"]]
    assert end["smallest_eigenvalues"] == pytest.approx([v[0] for v in values], rel=1e-12)
    assert end["largest_eigenvalues"] == pytest.approx([v[1] for v in values], rel=1e-12)
    assert end["condition_numbers"] == pytest.approx([v[1] / v[0] for v in values], rel=1e-12)
    ratio = max(v[1] for v in values) / min(v[0] for v in values)
    assert end["eigenvalue_ratio"] == pytest.approx(ratio, rel=1e-12)
    assert (end["aitken_gap"], end["falls"], end["order"]) == (0.25, [3], "start")
    assert sum(end["counts"]) == pytest.approx(272.0)
    assert end["free_parameters"] == 11
    assert step["smallest_eigenvalue"] == pytest.approx(min(v[0] for v in values), rel=1e-12)
    assert step["smallest_count"] == pytest.approx(min(end["counts"]), rel=1e-3)
    assert step["aitken_gap"] == 0.25


def test_a_singular_covariance_has_no_condition_number(faithful, context):
    import numpy as np

    mixture = faithful.result.mixture
    flat = {**mixture.parameters, "covariances": np.ones((2, 2, 2))}
    case = faithful.with_result(mixture=replace(mixture, parameters=flat))
    watcher = Json().watch(context)
    watcher.finish(case.result, case.scan)
    (end,) = events(context.stderr.getvalue())
    assert end["smallest_eigenvalues"] == pytest.approx([0.0, 0.0], abs=1e-15)
    assert end["eigenvalue_ratio"] is None or end["eigenvalue_ratio"] > 1e15


def test_numbers_that_are_not_finite_are_null(faithful, context):
    fit = faithful.result.fit
    lost = replace(fit, mixture=None, start=7)
    classes = ClassTable(faithful.resp[:2], float("nan"))
    case = faithful.with_result(fits=(fit, lost), best=0, classes=classes)
    case.report(Json(stream="stdout"), context)
    end = events(context.stdout.getvalue())[-1]
    assert end["adjusted_rand"] is None
    assert end["candidates"][1]["log_likelihood"] is None


def test_to_a_file(faithful, context):
    faithful.report(Json(stream="file"), context)
    assert context.stderr.getvalue() == ""
    told = events((context.folder / "events.jsonl").read_text())
    assert told[-1]["event"] == "finish"


def test_a_file_needs_a_folder_that_can_be_written(faithful, context):
    with pytest.raises(OutputError, match="the report 'json' writes files"):
        Json(stream="file").watch(ReportContext(None, context.stdout, context.stderr))
    gone = replace(context, folder=context.folder / "gone")
    with pytest.raises(OutputError, match=r"events\.jsonl: could not be written"):
        Json(stream="file").watch(gone)


def test_a_reader_that_went_away(faithful, context):
    class Closed:
        def write(self, text):
            raise BrokenPipeError(32, "Broken pipe")

    with pytest.raises(OutputError, match="stderr: could not be written: Broken pipe"):
        faithful.report(Json(), replace(context, stderr=Closed()))
