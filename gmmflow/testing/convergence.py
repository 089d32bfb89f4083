"""Laws of convergence criteria."""

from __future__ import annotations

from dataclasses import replace

from gmmflow.testing.law import law, require
from gmmflow.testing.subject import Subject
from gmmflow.values.trace import Reason, Step, Stop

START = Step(0, 0, -1500.0, -1500.0, 400.0, -30.0, None, 0.01, 0.2, 80.0)


def climb(length: int) -> tuple[Step, ...]:
    """A fit that climbs by half of what is left at every iteration."""
    return tuple(
        replace(
            START,
            iteration=i,
            log_likelihood=-1200.0 - 300.0 * 0.5**i,
            objective=-1200.0 - 300.0 * 0.5**i,
            parameter_change=None if i == 0 else 0.5**i,
            seconds=0.01 * (i + 1),
            aitken_gap=None if i < 2 else 300.0 * 0.5**i,
        )
        for i in range(length)
    )


def rest(length: int = 50) -> tuple[Step, ...]:
    """A fit that has long come to rest, after a million iterations and ten years."""
    last = replace(climb(2)[1], parameter_change=0.0)
    return tuple(replace(last, iteration=1_000_000 + i, seconds=3e8 + i) for i in range(length))


@law("the answer is a stop with a reason, or None")
def answers(subject: Subject) -> None:
    """After every step of a fit, from the first on; a trace without steps gives None."""
    require(subject.stage.check(()) is None, "it stops before anything was evaluated")
    for length in range(1, 60):
        stop = subject.stage.check(climb(length))
        if stop is None:
            continue
        require(isinstance(stop, Stop), f"{stop!r} is no Stop")
        require(stop.message.strip(), "the stop does not say why")
        require(isinstance(stop.reason, Reason), f"the reason {stop.reason!r} is no Reason")
        require(
            stop.reason not in (Reason.ITERATION_LIMIT, Reason.TIME_LIMIT)
            or stop.remedy.strip()
            or length == 1,
            "a stop before convergence must say what to do",
        )


@law("the same trace gives the same answer")
def pure(subject: Subject) -> None:
    """A criterion remembers nothing, whether a list or a tuple is shown."""
    for trace in (climb(1), climb(7), climb(60), rest()):
        shown = list(trace)
        answers = [subject.stage.check(each) for each in (trace, shown, trace)]
        require(answers[0] == answers[1] == answers[2], f"the answers differ: {answers}")
        require(tuple(shown) == trace, "the trace was changed")


@law("a fit at rest is stopped in the end")
def ends(subject: Subject) -> None:
    """Nothing moved for 50 steps, after a million iterations and ten years."""
    require(subject.stage.check(rest()) is not None, "it would go on for ever")


@law("extreme numbers do no harm")
def extreme(subject: Subject) -> None:
    """A log-likelihood of zero, a fall, an enormous weight."""
    for last in (
        replace(climb(4)[3], log_likelihood=0.0, objective=0.0),
        replace(climb(4)[3], objective=-1e300),
        replace(climb(4)[3], weight=1e300),
    ):
        stop = subject.stage.check((*climb(3), last))
        require(stop is None or isinstance(stop, Stop), f"{stop!r} is no Stop")
