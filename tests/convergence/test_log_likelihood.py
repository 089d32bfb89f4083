from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gmmflow.convergence.log_likelihood import LogLikelihood
from gmmflow.values.trace import Reason, Step

MakeStep = Callable[..., Step]


def trace(step: MakeStep, *objectives: float, **numbers: float) -> list[Step]:
    return [step(i, objective, **numbers) for i, objective in enumerate(objectives)]


def test_mean_change_is_per_unit_of_weight(step: MakeStep) -> None:
    criterion = LogLikelihood(tolerance=1e-3)
    assert criterion.check(trace(step, -50.0, -49.89)) is None
    stop = criterion.check(trace(step, -80.0, -50.0, -49.91))
    assert stop is not None
    assert stop.reason is Reason.CONVERGED
    assert stop.message == (
        "the mean log-likelihood changed by 0.0009, less than 0.001, at iteration 2"
    )
    assert criterion.check(trace(step, -50.0, -49.91, weight=10.0)) is None


def test_relative_change(step: MakeStep) -> None:
    criterion = LogLikelihood(tolerance=1e-3, change="relative")
    assert criterion.check(trace(step, -1000.0, -998.9)) is None
    stop = criterion.check(trace(step, -1000.0, -999.1))
    assert stop is not None
    assert stop.message == (
        "the log-likelihood changed by 0.0009 of itself, less than 0.001, at iteration 1"
    )
    # The weights do not matter: mean and sum change alike.
    assert criterion.check(trace(step, -1000.0, -999.1, weight=1e9)) == stop


def test_default_is_a_mean_change_of_1e_8(step: MakeStep) -> None:
    assert LogLikelihood() == LogLikelihood(tolerance=1e-8, change="mean")
    assert LogLikelihood().check(trace(step, -1.0, -1.0 + 0.9e-6)) is not None
    assert LogLikelihood().check(trace(step, -1.0, -1.0 + 1.1e-6)) is None


@pytest.mark.parametrize("change", ["mean", "relative"])
def test_no_change_at_all_stops(change: str, step: MakeStep) -> None:
    for value in (0.0, -5.0):
        stop = LogLikelihood(change=change).check(trace(step, value, value))
        assert stop is not None
        assert "changed by 0" in stop.message


def test_relative_change_from_zero_does_not_stop(step: MakeStep) -> None:
    assert LogLikelihood(change="relative").check(trace(step, 1e-12, 0.0)) is None


def test_the_objective_is_watched_and_named(step: MakeStep) -> None:
    moving = [step(0, -50.0, log_likelihood=-70.0), step(1, -40.0, log_likelihood=-70.0)]
    assert LogLikelihood().check(moving) is None
    resting = [step(0, -50.0, log_likelihood=-70.0), step(1, -50.0, log_likelihood=-60.0)]
    stop = LogLikelihood().check(resting)
    assert stop is not None
    assert stop.message.startswith("the mean objective changed by 0,")


@pytest.mark.parametrize("change", ["mean", "relative"])
def test_one_step_or_none_is_not_enough(change: str, step: MakeStep) -> None:
    assert LogLikelihood(change=change).check([]) is None
    assert LogLikelihood(change=change).check([step(0)]) is None


@pytest.mark.parametrize("change", ["mean", "relative"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_has_not_converged(value: float, change: str, step: MakeStep) -> None:
    assert LogLikelihood(change=change).check(trace(step, -1.0, value)) is None
    assert LogLikelihood(change=change).check(trace(step, value, value)) is None


def test_a_fall_as_large_as_a_rise_does_not_stop(step: MakeStep) -> None:
    assert LogLikelihood().check(trace(step, -50.0, -60.0)) is None


@given(
    first=st.floats(-1e6, 1e6),
    second=st.floats(-1e6, 1e6),
    weight=st.floats(0.1, 1e9),
    factor=st.sampled_from([2.0**-10, 2.0**20]),
    change=st.sampled_from(["mean", "relative"]),
)
def test_scaling_all_row_weights_changes_nothing(
    first: float, second: float, weight: float, factor: float, change: str, step: MakeStep
) -> None:
    criterion = LogLikelihood(tolerance=1e-2, change=change)
    one = criterion.check(trace(step, first, second, weight=weight))
    many = criterion.check(trace(step, first * factor, second * factor, weight=weight * factor))
    assert (one is None) == (many is None)


@pytest.mark.parametrize(
    "options", [{"tolerance": 0}, {"tolerance": -1}, {"tolerance": float("inf")}, {"change": "sum"}]
)
def test_wrong_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        LogLikelihood(**options)


@pytest.mark.parametrize("change", ["mean", "relative"])
def test_a_change_within_rounding_stops_whatever_the_tolerance(change: str, step: MakeStep) -> None:
    criterion = LogLikelihood(tolerance=1e-30, change=change)
    noisy = [replace(each, resolution=2e-5) for each in trace(step, -100.0, -100.00001)]
    stop = criterion.check(noisy)
    assert stop is not None
    assert "no more than a rounding error" in stop.message
    assert criterion.check([replace(each, resolution=0.5e-5) for each in noisy]) is None
