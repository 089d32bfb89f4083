from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

import gmmflow
from gmmflow.convergence.aitken import Aitken
from gmmflow.values.trace import Reason, Step, aitken_gap

MakeStep = Callable[..., Step]


def trace(step: MakeStep, *objectives: float, **numbers: float) -> list[Step]:
    """A trace whose gaps are those that a run would have written down."""
    steps: list[Step] = []
    for i, objective in enumerate(objectives):
        gap = aitken_gap(steps, objective, numbers.get("resolution", 0.0))
        steps.append(replace(step(i, objective, **numbers), aitken_gap=gap))
    return steps


def geometric(ratio: float, steps: int, limit: float = -100.0, first: float = 10.0) -> list[float]:
    return [limit - first * ratio**i for i in range(steps)]


@given(ratio=st.floats(0.01, 0.99), first=st.floats(1e-2, 1e3), steps=st.integers(3, 8))
def test_the_gap_of_a_geometric_climb_is_what_is_left(
    ratio: float, first: float, steps: int, step: MakeStep
) -> None:
    values = geometric(ratio, steps, first=first)
    gap = trace(step, *values)[-1].aitken_gap
    left = first * ratio ** (steps - 1)
    # Changes are differences of numbers near `first + 100`, and are divided by 1 - ratio twice.
    noise = 1e-15 * (first + 100.0) / (1.0 - ratio) ** 2
    assume(left * (1.0 - ratio) > 1e-10)
    assert gap == pytest.approx(left, rel=1e-3, abs=10 * noise)


def test_it_stops_when_less_is_left_than_the_tolerance(step: MakeStep) -> None:
    values = geometric(0.9, 200)
    criterion = Aitken(tolerance=1e-4)
    stops = [criterion.check(trace(step, *values[: n + 1])) for n in range(200)]
    first = next(i for i, stop in enumerate(stops) if stop is not None)
    # 10 x 0.9^i / 100 rows < 1e-4 from i = 66 on; the last change was less long before.
    assert first == 66
    assert stops[first].reason is Reason.CONVERGED
    assert stops[first].message == (
        "the mean log-likelihood has 9.6e-05 left to climb, less than 0.0001, at iteration 66"
    )


@pytest.mark.parametrize(
    "values",
    [
        (-10.0, -9.0, -9.5),  # a fall: the gap would be negative
        (-10.0, -9.0, -8.0),  # equal changes: no end in sight
        (-10.0, -9.9, -9.0),  # growing changes: the formula's limit lies below
        (-10.0, -10.5, -10.4),  # a rise after a fall
        (-10.0, -9.0),
        (-10.0,),
        (-10.0, float("nan"), -9.0),
        (float("-inf"), -9.0, -8.0),
    ],
)
def test_what_tells_nothing_does_not_stop(values: Sequence[float], step: MakeStep) -> None:
    steps = trace(step, *values)
    # After -inf every finite change is the smaller one: a gap of nothing, not of a number.
    assert steps[-1].aitken_gap in (None, 0.0)
    if steps[-1].aitken_gap is None:
        assert Aitken(tolerance=1e9).check(steps) is None


def test_an_empty_trace_does_not_stop() -> None:
    assert Aitken().check([]) is None


def test_a_change_within_rounding_stops_whatever_the_tolerance(step: MakeStep) -> None:
    criterion = Aitken(tolerance=1e-30)
    stop = criterion.check(trace(step, -101.0, -100.0, -99.99999, resolution=2e-5))
    assert stop is not None
    assert stop.message == (
        "the log-likelihood changed by no more than a rounding error, at iteration 2"
    )
    assert criterion.check(trace(step, -101.0, -100.0, -99.99999, resolution=0.5e-5)) is None


def test_the_objective_is_watched_and_named(step: MakeStep) -> None:
    steps = [replace(s, log_likelihood=-7.0) for s in trace(step, *geometric(0.5, 40))]
    stop = Aitken().check(steps)
    assert stop is not None
    assert stop.message.startswith("the mean objective has ")


def test_on_slow_data_it_goes_on_where_small_changes_stop() -> None:
    """Two components two standard deviations apart: what is left is many times the last change."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 1, (2000, 1)), rng.normal(2, 1, (2000, 1))])

    def fit(criterion: str, tolerance: float) -> gmmflow.MixtureModel:
        rules = [
            {"type": criterion, "tolerance": tolerance},
            {"type": "max_iterations", "limit": 5000},
        ]
        return gmmflow.fit(x, 2, init="kmeans", convergence=rules)

    top = fit("log_likelihood", 1e-15).log_likelihood
    by_change, by_gap = fit("log_likelihood", 1e-8), fit("aitken", 1e-8)
    assert by_gap.n_iterations > 2 * by_change.n_iterations
    left = top - by_gap.log_likelihood
    assert left < 1e-8 * len(x) < (top - by_change.log_likelihood) / 10
    assert by_gap.result.fit.aitken_gap == pytest.approx(left, rel=0.01)


@pytest.mark.parametrize("tolerance", [0, -1, float("inf"), float("nan")])
def test_wrong_options_are_refused(tolerance: float) -> None:
    with pytest.raises(ValidationError):
        Aitken(tolerance=tolerance)
