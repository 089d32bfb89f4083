from dataclasses import replace

import pytest

from gmmflow.reporters.facts.starts import spread, starts
from gmmflow.values.trace import Reason, Stop


def shifted(fit, by, start):
    last = replace(fit.trace[-1], log_likelihood=fit.log_likelihood + by)
    return replace(fit, trace=(*fit.trace[:-1], last), start=start)


@pytest.fixture
def result(faithful):
    fit = faithful.result.fit
    bad = Stop(Reason.DEGENERATE, "component 1: it is empty", "Ask for fewer components.")
    fits = (
        fit,
        shifted(fit, -1e-4, 1),
        shifted(fit, -2e-2, 2),
        replace(shifted(fit, 5e3, 3), stop=bad),
        replace(fit, mixture=None, stop=bad, start=4),
        replace(fit, stop=Stop(Reason.DEGENERATE, "component 0: singular"), start=5),
    )
    return replace(faithful.result, fits=fits, best=0)


def test_spread_counts_the_usable_and_groups_the_rest(result):
    these = starts(result)
    assert (these.total, these.same, these.failed) == (6, 2, 3)
    assert these.lowest == pytest.approx(result.fit.log_likelihood - 2e-2)
    assert [(f.message, f.starts) for f in these.failures] == [
        ("component 1: it is empty", 2),
        ("component 0: singular", 1),
    ]


def test_starts_of_one_remedy_are_one_failure(result):
    """Fifty starts that collapse at different iterations are not fifty notes."""
    said = ("smallest eigenvalue 1e-20", "smallest eigenvalue 0", "smallest eigenvalue 0")
    stops = [Stop(Reason.DEGENERATE, message, "try fewer components") for message in said]
    fits = (result.fit, *(replace(result.fit, stop=stop) for stop in stops))
    (failure,) = starts(replace(result, fits=fits)).failures
    assert (failure.message, failure.starts, failure.alike) == (said[1], 3, False)


def test_spread_in_words(result, faithful):
    assert spread(starts(result)) == (
        "6 starts: 2 reached the best log-likelihood within 1e-06 relative; "
        "the worst ended 0.02 below it. Start 1 was kept."
    ).replace("Start 1", f"Start {result.fit.start}")
    alone = replace(faithful.result, fits=(faithful.result.fit,), best=0)
    assert spread(starts(alone)).startswith("One start; with fit.restarts: 10")


def test_a_start_that_no_seed_changes_asks_for_no_restarts(result):
    only = replace(result, fits=result.fits[:1], best=0)
    assert "fit.restarts: 10" in spread(starts(only))
    assert spread(starts(replace(only, random_start=False))) == (
        "One start, the same whatever the seed."
    )
