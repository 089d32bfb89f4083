"""EM on one screen: sweep, record, stop or maximise, report - for all candidates at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

import numpy as np

from gmmflow.em.candidate import Candidate
from gmmflow.em.prepare import View
from gmmflow.em.settings import Method
from gmmflow.em.sweep import Expectation, sweep_pass
from gmmflow.errors import DataError, DegenerateComponent
from gmmflow.executors.base import Engine
from gmmflow.values.dataset import Dataset
from gmmflow.values.mixture import Mixture, Statistics
from gmmflow.values.trace import Step, aitken_gap

#: Called with every step, and the mixture that it evaluated.
Watch = Callable[[Step, Mixture], None]


@dataclass(frozen=True)
class Plan:
    """What the loop needs beside the data and the candidates.

    Attributes
    ----------
    engine : Engine
    view : View
        The rows as EM sees them.
    method : Method
        How EM runs and stops.
    keep_history : bool
        Whether candidates keep the mixtures of all iterations.
    watch : callable
        Called with every step.
    swept : callable
        Called with all candidates after every sweep.
    began : float
        When the first sweep began (`time.monotonic`).
    """

    engine: Engine
    view: View
    method: Method
    keep_history: bool = False
    watch: Watch = lambda step, mixture: None
    swept: Callable[[Sequence[Candidate]], None] = lambda candidates: None
    began: float = field(default_factory=monotonic)


def run_em(data: Dataset, candidates: Sequence[Candidate], plan: Plan) -> None:
    """Run every candidate until it stops; the mixtures kept are the last ones evaluated."""
    frame, convergence = plan.view.frame, plan.method.convergence
    iteration = 0
    while live := [candidate for candidate in candidates if candidate.stop is None]:
        jobs = tuple(expectation(candidate, plan, iteration) for candidate in live)
        sums = plan.engine.reduce(data, sweep_pass(frame, jobs))
        for candidate, statistics in zip(live, sums, strict=True):
            step = record(candidate, statistics, plan, iteration)
            if candidate.stop is None:
                stops = (criterion.check(candidate.trace) for criterion in convergence)
                candidate.stop = next(filter(None, stops), None)
            if candidate.stop is None:
                maximize(candidate, statistics, plan)
            if step is not None:
                plan.watch(step, evaluated_mixture(candidate))
        plan.swept(candidates)
        iteration += 1


def expectation(candidate: Candidate, plan: Plan, iteration: int) -> Expectation:
    """The E-step of a candidate's mixture, as the numbers of one sweep."""
    assert candidate.mixture is not None, "a live candidate has a mixture"
    kernel = candidate.mixture.kernel(plan.view.frame.centre)
    rule = plan.method.e_step.rule(iteration, plan.method.seed)
    return Expectation(kernel, rule, candidate.k)


def record(candidate: Candidate, statistics: Statistics, plan: Plan, iteration: int) -> Step | None:
    """Write down what the sweep said of the candidate's mixture."""
    moments = plan.view.moments
    log_abs_det = plan.view.frame.log_abs_det or 0.0
    weight, to_data_units = moments.weight, moments.weight * log_abs_det
    objective = float(statistics["objective"])
    if not np.isfinite(objective):
        candidate.mixture = candidate.previous
        candidate.degenerate(
            ArithmeticError(f"its objective is {objective}"),
            "a row is impossible under every component: start from components that cover the data",
        )
        return None
    mixture = candidate.mixture
    assert mixture is not None, "only a mixture can be evaluated"
    prior = plan.method.m_step.log_prior(mixture, statistics, plan.view.frame.centre)
    change = None
    if candidate.previous is not None:
        change = parameter_change(candidate.previous, mixture, plan.view.spread)
    counts = candidate.distribution.counts(statistics)
    resolution = float(plan.view.eps * (abs(objective) + abs(prior)))
    objective += prior + to_data_units
    step = Step(
        candidate=candidate.index,
        iteration=iteration,
        log_likelihood=float(statistics["log_likelihood"]) + to_data_units,
        objective=objective,
        weight=weight,
        classification=-float(statistics["uncertainty"]),
        parameter_change=change,
        seconds=monotonic() - plan.began,
        smallest_weight=float(mixture.weights.min()),
        smallest_count=float(counts.min()),
        resolution=resolution,
        aitken_gap=aitken_gap(candidate.trace, objective, resolution),
        held_out=held_out(statistics, log_abs_det),
    )
    candidate.evaluated(step, counts, plan.keep_history)
    return step


def held_out(statistics: Statistics, log_abs_det: float) -> float | None:
    """Mean log density of the held-out rows, in data units; None if there are none."""
    if "held_out" not in statistics:
        return None
    total, weight = statistics["held_out"]
    if weight == 0.0:
        raise DataError("no row was held out", "raise `select.fraction`, or give more rows")
    return float(total / weight) + log_abs_det


def maximize(candidate: Candidate, statistics: Statistics, plan: Plan) -> None:
    """M-step, or the end of the candidate if a component has none."""
    mixture = candidate.mixture
    try:
        candidate.mixture = plan.method.m_step.maximize(
            candidate.distribution, mixture, statistics, plan.view.frame.centre
        )
        candidate.previous = mixture
    except DegenerateComponent as error:
        candidate.degenerate(error, error.remedy)


def evaluated_mixture(candidate: Candidate) -> Mixture:
    """The mixture that the last step of the trace belongs to."""
    mixture = candidate.mixture if candidate.stop is not None else candidate.previous
    assert mixture is not None, "a step belongs to a mixture"
    return mixture


def parameter_change(previous: Mixture, mixture: Mixture, spread: np.ndarray) -> float:
    """Largest change: of weights, absolute; of parameters, as their distribution measures it."""
    change = mixture.distribution.change(previous.parameters, mixture.parameters, spread)
    return max(change, float(np.abs(mixture.weights - previous.weights).max()))
