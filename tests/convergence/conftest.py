"""Traces from a few numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gmmflow.values.trace import Step


def _step(iteration: int = 1, objective: float = -100.0, **numbers: float | None) -> Step:
    values = {
        "log_likelihood": objective,
        "weight": 100.0,
        "classification": -1.0,
        "parameter_change": 0.1,
        "seconds": 1.0,
        "smallest_weight": 0.1,
        "smallest_count": 10.0,
    } | numbers
    return Step(candidate=0, iteration=iteration, objective=objective, **values)


@pytest.fixture(scope="session")
def step() -> Callable[..., Step]:
    return _step
