"""Each law of convergence criteria is broken by some stage, and the kit notices."""

import re

import pytest

from gmmflow.convergence.max_iterations import MaxIterations
from gmmflow.testing import convergence
from gmmflow.testing.law import laws_in
from gmmflow.values.trace import Reason, Stop

SEEN = []


def criterion(check):
    """A criterion with this check."""
    return type("Changed", (MaxIterations,), {"__doc__": "Stop at some point.", "check": check})


def says_yes(self, trace):
    return True if len(trace) > 3 else None


def remembers(self, trace):
    SEEN.append(trace)
    return Stop(Reason.CONVERGED, f"the {len(SEEN)}th time") if trace else None


def never(self, trace):
    return None


def divides(self, trace):
    return Stop(Reason.CONVERGED, f"{1 / trace[-1].objective}") if len(trace) > 3 else None


CASES = [
    ("the answer is a stop with a reason, or None", criterion(says_yes), "True is no Stop"),
    ("the same trace gives the same answer", criterion(remembers), "the answers differ"),
    ("a fit at rest is stopped in the end", criterion(never), "for ever"),
    ("extreme numbers do no harm", criterion(divides), "ZeroDivisionError"),
]


@pytest.mark.parametrize(("law", "stage", "text"), CASES, ids=[law for law, *_ in CASES])
def test_a_broken_law_is_noticed(failures, law, stage, text):
    assert re.search(text, failures(stage)[law])


def test_every_law_is_broken_somewhere():
    assert {law for law, *_ in CASES} == {law.name for law in laws_in(convergence)}
