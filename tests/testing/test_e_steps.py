"""Each law of E-steps is broken by some stage, and the kit notices."""

import re
from threading import Lock
from typing import ClassVar

import numpy as np
import pytest

from gmmflow.e_steps.soft import Soft, posterior
from gmmflow.testing import check_stage, e_steps
from gmmflow.testing.law import laws_in


def e_step(rule):
    """Soft with another rule."""
    methods = {"__doc__": "Posterior probabilities, wrong.", "rule": lambda self, i, s: rule}
    return type("Changed", (Soft,), methods)


def halves(log_joint, block):
    terms = posterior(log_joint, block)
    log_joint /= 2.0
    return terms


def says_more(log_joint, block):
    terms = posterior(log_joint, block)
    return terms._replace(log_likelihood=terms.log_likelihood + 1.0)


def looks_at_the_first_row(log_joint, block):
    log_joint += log_joint[:, :1] * 1e-3
    return posterior(log_joint, block)


def divides(log_joint, block):
    with np.errstate(all="ignore"):
        terms = posterior(log_joint.copy(), block)
        top = log_joint.max(axis=0)
        np.exp(log_joint - top, out=log_joint)
        log_joint /= log_joint.sum(axis=0)
    return terms


def draws(log_joint, block):
    log_joint += np.random.standard_normal(log_joint.shape)
    return posterior(log_joint, block)


class Rooted:
    def __init__(self):
        self.lock = Lock()

    def __call__(self, log_joint, block):
        return posterior(log_joint, block)


def against(log_joint, block):
    terms = posterior(log_joint, block)
    log_joint[:] = (1.0 - log_joint) / (len(log_joint) - 1)
    return terms


CASES = [
    ("responsibilities are not negative and sum to 1", e_step(halves), "sums"),
    ("the log-likelihood is that of the mixture", e_step(says_more), "log-likelihood"),
    ("rows are independent", e_step(looks_at_the_first_row), "blocks of 37 rows"),
    ("a row that no component can have spoils nothing", e_step(divides), "not finite"),
    ("the same sweep gives the same responsibilities", e_step(draws), "global generator|second"),
    ("rules travel to other processes", e_step(Rooted()), "cannot pickle"),
    ("EM never lowers the objective, where the E-step says so", e_step(against), "fell|degenerate"),
]


@pytest.mark.parametrize(("law", "stage", "text"), CASES, ids=[law for law, *_ in CASES])
def test_a_broken_law_is_noticed(failures, law, stage, text):
    found = failures(stage)
    assert law in found, found
    assert re.search(text, found[law]), found[law]


def test_every_law_is_broken_somewhere():
    assert {law for law, *_ in CASES} == {law.name for law in laws_in(e_steps)}


class Wandering(Soft):
    """Posterior probabilities that promise nothing."""

    monotone: ClassVar[bool] = False


def test_one_that_does_not_promise_to_climb_is_not_held_to_it():
    results = {each.name: each for each in check_stage(Wandering)}
    assert "may fall" in results[CASES[-1][0]].message
    assert results[CASES[-1][0]].status == "skipped"
