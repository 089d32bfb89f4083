"""A model that contains another one must not end below it; where it did, it starts from there.

Every mixture of a family is one of the families around it, so their likelihoods are ordered at
the optimum. EM finds local optima: from one start, a larger family often ends lower.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gmmflow.em.candidate import Candidate
from gmmflow.em.loop import Plan, expectation, maximize, run_em
from gmmflow.em.sweep import sweep_pass
from gmmflow.values.dataset import Dataset
from gmmflow.values.fit import Fit, Model, models_of
from gmmflow.values.mixture import Mixture

#: A mean objective that is lower by no more than this is where EM happened to stop.
SLACK = 1e-8
#: A repaired model may now be above one that contains it: as often as this, all are looked at.
ROUNDS = 3
MAX_NAMES = 6


@dataclass(frozen=True)
class Violation:
    """A model that ended below one inside it.

    Attributes
    ----------
    model : Model
        The larger one.
    inside : Fit
        The best candidate of the smaller model.
    start : Mixture
        Its mixture, as one of the larger model.
    """

    model: Model
    inside: Fit
    start: Mixture


def repair(data: Dataset, candidates: list[Candidate], plan: Plan) -> list[str]:
    """Add candidates until no model is below one inside it, and say what was found.

    Parameters
    ----------
    data : Dataset
    candidates : list of Candidate
        All have stopped; it grows by those that start from another one's solution.
    plan : Plan

    Returns
    -------
    list of str
        Notes for the user.
    """
    repaired: dict[int, Violation] = {}
    tried: set[tuple[int, int]] = set()
    for _ in range(ROUNDS):
        found = [
            each
            for each in violations([candidate.fit() for candidate in candidates], plan)
            if (each.model.index, each.inside.index) not in tried
        ]
        if not found:
            break
        tried |= {(each.model.index, each.inside.index) for each in found}
        repaired |= {each.model.index: each for each in found}
        run_em(data, restarted(data, candidates, found, plan), plan)
    left = {
        each.model.index: each
        for each in violations([candidate.fit() for candidate in candidates], plan)
    }
    done = [each for index, each in repaired.items() if index not in left]
    notes = []
    if done:
        notes.append(
            "ended below a smaller model inside, and was repaired by a start from its solution: "
            f"{_names(done)}"
        )
    if left:
        notes.append(
            "below a smaller model inside, also after a start from its solution, which "
            f"degenerated or met a limit: {_names(list(left.values()))}; try more restarts, more "
            "iterations, or `floor` in the covariance"
        )
    return notes


def violations(fits: Sequence[Fit], plan: Plan) -> Iterator[Violation]:
    """Yield the models that ended below one inside them, with the highest such one."""
    best = [(model, model.best) for model in models_of(fits)]
    for model, own in best:
        distribution = model.fits[0].distribution
        if own is None or not plan.method.m_step.keeps_nesting(distribution):
            continue
        highest: Violation | None = None
        end = own.trace[-1].objective + SLACK * own.trace[-1].weight + own.trace[-1].resolution
        for smaller, other in best:
            if other is None or smaller.n_components != model.n_components or smaller is model:
                continue
            if other.trace[-1].objective > end and other.mixture is not None:
                inside = other.mixture
                wider = distribution.embed(inside.distribution, inside.parameters)
                if wider is not None:
                    end = other.trace[-1].objective
                    highest = Violation(model, other, Mixture(distribution, inside.weights, wider))
        if highest is not None:
            yield highest


def restarted(
    data: Dataset, candidates: list[Candidate], found: Sequence[Violation], plan: Plan
) -> list[Candidate]:
    """Candidates that start one M-step after the solution of the smaller model; one pass."""
    fresh = []
    for each in found:
        first, start = each.model.fits[0], len(each.model.fits)
        candidate = Candidate(
            len(candidates), start, first.model, first.n_components, first.distribution,
            first.n_free, each.inside.index, each.start,
        )  # fmt: skip
        candidates.append(candidate)
        fresh.append(candidate)
    jobs = tuple(expectation(candidate, plan, 0) for candidate in fresh)
    sums = plan.engine.reduce(data, sweep_pass(plan.view.frame, jobs))
    for candidate, statistics in zip(fresh, sums, strict=True):
        # The first mixture of its own is in the form of its own family.
        maximize(candidate, statistics, plan)
        candidate.previous = None
    return fresh


def _names(found: Sequence[Violation]) -> str:
    names = [f"{each.model.name} (inside: {each.inside.distribution.label})" for each in found]
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more
