"""The lines in which the kit reports."""

from gmmflow.testing.report import CheckResult, render, summary

RESULTS = [
    CheckResult("round trip", "passed"),
    CheckResult("additive", "failed", "sums differ by 0.5\nat chunk 3"),
    CheckResult("float32", "skipped", "no example data"),
]


def test_every_status_is_counted():
    assert summary(RESULTS) == "3 checks: 1 passed, 1 skipped, 1 failed"
    assert summary(RESULTS[:1]) == "1 check: 1 passed"


def test_no_check_is_not_a_success():
    assert summary([]) == "0 checks: none ran"


def test_messages_stand_below_their_check():
    assert render(RESULTS).splitlines() == [
        "  passed   round trip",
        "  failed   additive",
        "           sums differ by 0.5",
        "           at chunk 3",
        "  skipped  float32",
        "           no example data",
        "3 checks: 1 passed, 1 skipped, 1 failed",
    ]
