"""Which candidate is kept: restarts go by their objective, models by the criterion."""

from __future__ import annotations

from collections.abc import Sequence

from gmmflow.em.candidate import Candidate
from gmmflow.errors import DegenerateError
from gmmflow.values.criteria import CriterionName
from gmmflow.values.fit import Fit, Model, models_of, ranked

#: More notes than this on the columns bury the reason why nothing could be fitted.
MAX_NOTES = 5
MAX_REASONS = 3
#: Histories of so many leading models are kept while others run: near ties may change places.
KEPT = 3


def choose(fits: Sequence[Fit], criterion: CriterionName, notes: Sequence[str] = ()) -> int:
    """Index of the best start of the best model.

    Parameters
    ----------
    fits : sequence of Fit
    criterion : {"bic", "aic", "icl", "held_out"}
    notes : sequence of str
        What was seen in the rows: where nothing could be fitted, it often says why.

    Raises
    ------
    DegenerateError
        Every candidate is degenerate.
    """
    found = ranked(models_of(fits), criterion)
    if not found:
        raise nothing_left(fits, notes)
    best = found[0].best
    assert best is not None, "ranked models have a usable start"
    return best.index


def forget(candidates: Sequence[Candidate], criterion: CriterionName) -> None:
    """Drop the histories of stopped candidates that another one has beaten: they can be large."""
    stopped = [candidate for candidate in candidates if candidate.stop is not None]
    if sum(bool(candidate.history) for candidate in stopped) < 2:
        return
    leading = ranked(models_of([candidate.fit() for candidate in stopped]), criterion)
    kept = {model.best.index for model in leading[:KEPT] if model.best is not None}
    for candidate in stopped:
        if candidate.index not in kept:
            candidate.history = []


def nothing_left(fits: Sequence[Fit], notes: Sequence[str]) -> DegenerateError:
    """The error of a run without a usable candidate, with the reasons."""
    several = len({fit.model for fit in fits}) > 1
    messages = list(
        dict.fromkeys(
            f"{Model((fit,)).name}: {fit.stop.message}" if several else fit.stop.message
            for fit in fits
        )
    )
    shown = "; ".join(messages[:MAX_REASONS]) + (" ..." if len(messages) > MAX_REASONS else "")
    kind = "candidates" if several else "starts"
    what = "the fit" if len(fits) == 1 else f"every one of the {len(fits)} {kind}"
    remedies = list(dict.fromkeys(fit.stop.remedy for fit in fits))[:MAX_REASONS]
    return DegenerateError(
        f"{what} is degenerate: {shown}", "\n  ".join((*remedies, *notes[:MAX_NOTES]))
    )
