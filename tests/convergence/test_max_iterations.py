from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from gmmflow.convergence.max_iterations import MaxIterations
from gmmflow.values.trace import Reason, Step


def test_stops_at_the_limit_and_says_what_to_do(step: Callable[..., Step]) -> None:
    criterion = MaxIterations(limit=1200)
    assert criterion.check([step(1199)]) is None
    stop = criterion.check([step(1200)])
    assert stop is not None
    assert stop.reason is Reason.ITERATION_LIMIT
    assert stop.message == "the limit of 1,200 iterations was reached"
    assert stop.remedy.startswith("raise max_iterations.limit")


def test_a_resumed_trace_counts_from_the_first_start(step: Callable[..., Step]) -> None:
    assert MaxIterations(limit=5).check([step(5), step(6)]) is not None


def test_one_iteration_is_singular(step: Callable[..., Step]) -> None:
    stop = MaxIterations(limit=1).check([step(0), step(1)])
    assert stop is not None
    assert stop.message == "the limit of 1 iteration was reached"


def test_limit_zero_keeps_the_start(step: Callable[..., Step]) -> None:
    stop = MaxIterations(limit=0).check([step(0)])
    assert stop is not None
    assert "the start was evaluated and kept" in stop.message
    assert stop.remedy == "raise the limit for EM to run"
    assert MaxIterations(limit=0).check([]) is None


@pytest.mark.parametrize("limit", [-1, 2.5, True])
def test_wrong_limits_are_refused(limit: object) -> None:
    with pytest.raises(ValidationError):
        MaxIterations(limit=limit)
