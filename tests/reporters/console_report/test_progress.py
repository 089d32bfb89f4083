from io import StringIO

import pytest

from gmmflow.reporters.console_report.progress import Lines
from gmmflow.reporters.console_report.tally import Tally
from gmmflow.values.trace import Step


def step(candidate, iteration, value, seconds=0.0):
    return Step(candidate, iteration, value, value, 10.0, -1.0, None, seconds, 0.1, 1.0)


def test_the_best_running_start_is_told():
    tally = Tally(2)
    for told in (step(0, 0, -20.0), step(1, 0, -30.0), step(0, 1, -15.0), step(1, 1, -12.0)):
        tally.record(told)
    assert tally.line() == ("iteration 1: log-likelihood -12.00000 (+18), 2/2 running")
    tally.record(step(1, 2, -11.0))
    assert tally.line().endswith("(+1), 1/2 running")


def test_one_start_needs_no_count():
    tally = Tally()
    tally.record(step(0, 0, -20.0))
    assert tally.line() == "iteration 0: log-likelihood -20.00000"


@pytest.mark.parametrize(("every", "lines"), [(0.01, 0), (1.0, 20), (4.0, 50), (6.0, 100)])
def test_lines_keep_their_distance(faithful, every, lines):
    stream, tally = StringIO(), Tally()
    shown = Lines(stream)
    shown.begin("run", faithful.result.data, 1)
    for i in range(100):
        tally.record(step(0, i, -20.0 + i, seconds=every * (i + 1)))
        shown.advance(tally)
    assert len(stream.getvalue().splitlines()) - 1 == lines
