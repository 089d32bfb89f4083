from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from gmmflow.convergence.time_budget import TimeBudget
from gmmflow.values.trace import Reason, Step


def test_stops_once_the_time_is_spent(step: Callable[..., Step]) -> None:
    criterion = TimeBudget(seconds=60)
    assert criterion.check([step(3, seconds=59.9)]) is None
    stop = criterion.check([step(3, seconds=59.9), step(4, seconds=63.24)])
    assert stop is not None
    assert stop.reason is Reason.TIME_LIMIT
    assert stop.message == "the time budget of 60 s was spent after 63.2 s, at iteration 4"
    assert stop.remedy.startswith("raise time_budget.seconds")
    assert criterion.check([]) is None


@pytest.mark.parametrize("options", [{}, {"seconds": 0}, {"seconds": -1}, {"seconds": "inf"}])
def test_wrong_budgets_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TimeBudget(**options)
