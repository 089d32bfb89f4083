import json
from dataclasses import replace

import numpy as np
import pytest

from gmmflow.reporters.html_report import palette
from gmmflow.reporters.html_report.densities import responsibilities
from gmmflow.reporters.html_report.pictures import pictures
from gmmflow.reporters.html_report.sample import sample


def drawn(case, limit=40, points=5000):
    return pictures(case.result, sample(case.scan, len(case.x), points), limit)


def test_responsibilities_are_those_of_the_fit(faithful):
    resp = responsibilities(faithful.result.mixture, faithful.x)
    np.testing.assert_allclose(resp.T, faithful.resp, atol=1e-12)


def test_blend_mixes_the_colours():
    assert palette.COLOURS[:2] == ("#0072b2", "#e69f00")
    assert palette.blend(np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])) == "0072b2e69f00738859"


def test_frames_hold_the_mixtures_of_the_trace(faithful):
    page = drawn(faithful).payload
    result, frames = faithful.result, page["replay"]["frames"]
    assert [frame["iteration"] for frame in frames] == list(range(len(result.history)))
    assert frames[-1]["logLikelihood"] == "-1130.26396"
    assert frames[0]["means"] == result.history[0].parameters["means"].tolist()
    covariance = result.mixture.parameters["covariances"][0]
    np.testing.assert_allclose(
        frames[-1]["covariances"][0], covariance[np.triu_indices(2)], rtol=1e-4
    )
    assert len(frames[0]["colours"]) == 6 * 272
    assert frames[0]["colours"] != frames[-1]["colours"]
    assert page["traces"][-1]["logLikelihood"][-1] == pytest.approx(-1130.26396, abs=1e-5)


def test_points_are_finer_than_a_screen_also_far_from_the_origin(make, faithful):
    far = make(faithful.x + 1e9, ("a", "b"), starts=1, iterations=2)
    shown = np.array(drawn(far).payload["points"]["columns"]).T
    assert np.abs(shown - far.x).max(axis=0) == pytest.approx([0, 0], abs=2e-4)


def test_one_column_has_densities(make, faithful):
    case = make(faithful.x[:, :1], ("eruptions",), starts=1)
    page = drawn(case).payload
    curve, total = page["curve"], np.sum(page["mixture"]["densities"], axis=0)
    assert np.trapezoid(total, curve) == pytest.approx(1, abs=0.01)
    assert page["lead"] == [0]


def test_what_is_left_out_is_said(make):
    x = np.random.default_rng(0).normal(size=(2500, 15))
    case = make(x, tuple(f"c{i}" for i in range(15)), k=45, starts=1, iterations=0)
    fit, mixture = case.result.fit, case.result.mixture
    trace = tuple(replace(fit.trace[0], iteration=i) for i in range(25))
    case = case.with_result(history=(mixture,) * 25, fits=(replace(fit, trace=trace),))
    page = drawn(case, limit=22, points=2000)
    assert page.remarks == (
        "The pictures show a random sample of 2,000 of the 2,500 rows.",
        "The replay shows 1,500 of them.",
        "The 40 heaviest of the 45 components are drawn.",
        f"The {len(page.payload['names'])} of the 15 columns that best tell the components apart"
        " can be chosen.",
        "The replay shows 22 of 25 steps: the first ones, then ever fewer, and the last.",
    )
    assert -1 in page.payload["points"]["component"]
    assert len(json.dumps(page.payload)) < 2_000_000


def test_without_history_there_is_no_replay(faithful):
    page = drawn(faithful.with_result(history=()))
    assert page.payload["replay"] is None
    assert page.remarks == ("There is no replay: the mixtures of the iterations were not kept.",)


def test_values_that_are_not_finite_leave_the_page_readable(faithful):
    fit = faithful.result.fits[0]
    step = replace(fit.trace[0], log_likelihood=float("-inf"))
    fits = (replace(fit, trace=(step, *fit.trace[1:])), *faithful.result.fits)
    page = drawn(faithful.with_result(fits=fits, best=faithful.result.best + 1))
    json.dumps(page.payload, allow_nan=False)
    assert page.payload["traces"][0]["logLikelihood"][0] is None
