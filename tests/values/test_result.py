"""Criteria of a fit, by their formulas."""

from math import inf, log

import pytest

from gmmflow.values.fit import Fit
from gmmflow.values.trace import Reason, Step, Stop


def fit(mixture, n_free=5):
    steps = tuple(
        Step(0, i, log_likelihood, log_likelihood, 40.0, -3.0, None, 0.0, 0.5, 20.0)
        for i, log_likelihood in enumerate((-120.0, -100.0))
    )
    return Fit(0, 0, mixture, steps, Stop(Reason.CONVERGED, "done"), n_free, 0, 2, None)


def test_criteria_are_those_of_the_last_step():
    done = fit(mixture=object())
    assert done.log_likelihood == -100.0
    assert done.bic == pytest.approx(200.0 + 5 * log(40.0))
    assert done.aic == 210.0
    assert done.icl == pytest.approx(done.bic + 6.0)


def test_without_a_mixture_there_is_no_likelihood():
    never = Fit(0, 0, None, (), Stop(Reason.DEGENERATE, "collapsed"), 5, 0, 2, None)
    assert never.log_likelihood == -inf
    assert never.aic == inf
    assert never.bic == inf
    assert never.icl == inf
