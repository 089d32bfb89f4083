"""How the restarts compare: the spread of a search that may end in different places."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from gmmflow.values.result import Result
from gmmflow.values.trace import Reason

#: Starts whose log-likelihood is this near to the best, relative to it, found the same mixture.
SAME = 1e-6
LIMITS = (Reason.ITERATION_LIMIT, Reason.TIME_LIMIT)


@dataclass(frozen=True)
class Failure:
    """Starts that ended without a usable mixture and have one remedy.

    Attributes
    ----------
    message : str
        What happened to one of them, or to most.
    remedy : str
    starts : int
        How many of them.
    alike : bool
        Whether the message is that of all.
    """

    message: str
    remedy: str
    starts: int
    alike: bool


@dataclass(frozen=True)
class Starts:
    """The spread of the starts.

    Attributes
    ----------
    total, best : int
        How many there were; the number of the best one.
    highest, lowest : float
        Log-likelihoods of the best and the worst usable start.
    same : int
        How many, the best included, reached the best within `SAME`.
    random : bool
        Whether another seed would start elsewhere.
    failures : tuple of Failure
        Degenerate starts by reason, the most frequent first.
    limited : int
        How many stopped at a limit of iterations or time.
    inside : str
        The distribution whose solution the best one started from, if it is not a start of its own.
    """

    total: int
    best: int
    highest: float
    lowest: float
    same: int
    random: bool
    failures: tuple[Failure, ...]
    limited: int = 0
    inside: str = ""

    @property
    def failed(self) -> int:
        """How many starts were degenerate."""
        return sum(failure.starts for failure in self.failures)


def starts(result: Result) -> Starts:
    """Compare the starts of the chosen model."""
    fits, inside = result.model.fits, result.fit.inside
    found = [fit.log_likelihood for fit in fits if fit.usable]
    best = result.fit.log_likelihood
    # Messages hold numbers of one start: only the remedy tells which starts failed alike.
    reasons: dict[str, Counter[str]] = {}
    for fit in fits:
        if not fit.usable:
            reasons.setdefault(fit.stop.remedy, Counter())[fit.stop.message] += 1
    return Starts(
        total=len(fits),
        best=result.fit.start,
        highest=best,
        lowest=min(found, default=best),
        same=sum(abs(value - best) <= SAME * abs(best) for value in found),
        random=result.random_start,
        failures=tuple(
            Failure(messages.most_common(1)[0][0], remedy, messages.total(), len(messages) == 1)
            for remedy, messages in sorted(reasons.items(), key=lambda each: -each[1].total())
        ),
        limited=sum(fit.stop.reason in LIMITS for fit in fits),
        inside="" if inside is None else result.fits[inside].distribution.label,
    )


def spread(these: Starts) -> str:
    """The spread in one sentence."""
    if these.total == 1 and not these.random:
        return "One start, the same whatever the seed."
    if these.total == 1:
        return "One start; with fit.restarts: 10 you would see whether others end higher."
    words = f"{these.total} starts: {these.same} reached the best log-likelihood"
    words += f" within {SAME:g} relative"
    if these.lowest < these.highest - SAME * abs(these.highest):
        words += f"; the worst ended {these.highest - these.lowest:.6g} below it"
    words += f". Start {these.best} was kept"
    if these.inside:
        words += f": it began at the solution of {these.inside}, which was higher than the others"
    if these.limited:
        words += f". {these.limited} of them stopped at a limit, before they had converged"
    return words + "."
