"""What a trace tells: where it fell, and what is left (see also tests/convergence)."""

from __future__ import annotations

from gmmflow.values.trace import FALL, Step, aitken_gap, falls


def trace(*objectives, resolution=1e-12):
    return [
        Step(0, i, value, value, 100.0, -1.0, None, 0.0, 0.5, 50.0, resolution)
        for i, value in enumerate(objectives)
    ]


def test_falls_are_larger_than_rounding_errors():
    assert falls(trace(-5.0, -4.0, -4.5, -4.4, -4.6)) == (2, 4)
    assert falls(trace(-5.0, -4.0, -4.0 - FALL * 1e-12 / 2)) == ()
    assert falls(trace(-5.0)) == falls(()) == ()


def test_the_gap_follows_the_last_two_changes():
    before = trace(-10.0, -6.0)
    assert aitken_gap(before, -4.0, 0.0) == 2.0  # 4, 2, and 1 + 1/2 + ... to come
    assert aitken_gap(before, -3.0, 0.0) == 9.0
    assert aitken_gap(before, -2.0, 0.0) is None
    assert aitken_gap(before, -6.5, 0.0) is None
    assert aitken_gap(before, -4.0, 3.0) is None  # the change is a rounding error
    assert aitken_gap(before[:1], -4.0, 0.0) is None
