from __future__ import annotations

from collections.abc import Callable

from gmmflow.convergence.parameters import ParameterChange
from gmmflow.values.trace import Reason, Step


def test_stops_when_no_parameter_moves(step: Callable[..., Step]) -> None:
    criterion = ParameterChange(tolerance=1e-3)
    assert criterion.check([step(4, parameter_change=1e-3)]) is None
    stop = criterion.check([step(3, parameter_change=1.0), step(4, parameter_change=0.0009)])
    assert stop is not None
    assert stop.reason is Reason.CONVERGED
    assert stop.message == (
        "no parameter changed by more than 0.0009, less than 0.001, at iteration 4"
    )


def test_the_start_has_not_moved_yet(step: Callable[..., Step]) -> None:
    assert ParameterChange().check([step(0, parameter_change=None)]) is None
    assert ParameterChange().check([]) is None


def test_only_the_last_move_counts(step: Callable[..., Step]) -> None:
    rested = [step(3, parameter_change=0.0), step(4, parameter_change=1.0)]
    assert ParameterChange().check(rested) is None


def test_what_is_not_a_number_has_not_converged(step: Callable[..., Step]) -> None:
    assert ParameterChange().check([step(4, parameter_change=float("nan"))]) is None
