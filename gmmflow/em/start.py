"""The first mixture of every candidate, from the initializer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from gmmflow.em.candidate import Candidate
from gmmflow.em.frame import Frame
from gmmflow.em.prepare import Prepared
from gmmflow.em.settings import Settings
from gmmflow.em.sweep import Start, sweep_pass
from gmmflow.errors import DataError, DegenerateComponent
from gmmflow.executors.base import Engine
from gmmflow.initializers.base import RowRule, StartContext
from gmmflow.m_steps.base import MStep
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.mixture import Mixture, Parameters, Statistics
from gmmflow.values.row_pass import RowPass
from gmmflow.values.row_sample import RowSample, draw_rows, merge_samples

#: A candidate, and the rule that its first responsibilities follow.
Rule = tuple[Candidate, RowRule]


def start_candidates(
    data: Dataset, settings: Settings, engine: Engine, prepared: Prepared
) -> list[Candidate]:
    """Candidates with a first mixture, one for each restart of each model.

    All row rules share one pass, and one M-step follows; it estimates everything. Candidates of
    the same number of components and restart share a rule that does not look at distributions.

    Raises
    ------
    DataError
        None of them can start; where some can, the others are degenerate.
    """
    candidates = list(enumerate_candidates(settings, prepared))
    rules: list[Rule] = []
    errors: list[DataError] = []
    start = starter(data, settings, engine, prepared)
    for candidate in candidates:
        error = prepared.refused[candidate.model]
        begun: Mixture | RowRule | None = None
        if error is None:
            try:
                begun = start(candidate)
            except DataError as refused:
                error = refused
        if error is not None:
            errors.append(error)
            candidate.refuse(error)
        elif isinstance(begun, Mixture):
            candidate.mixture = begun
        elif begun is not None:
            rules.append((candidate, begun))
    if len(errors) == len(candidates):
        raise errors[0]
    if rules:
        apply_rules(data, settings.m_step, engine, prepared.frame, rules)
    return candidates


def enumerate_candidates(settings: Settings, prepared: Prepared) -> Iterator[Candidate]:
    """Yield the candidates, without their mixtures, model by model."""
    d = len(prepared.frame.centre)
    restarts = 1 if settings.init.deterministic else settings.restarts
    for model, (k, distribution) in enumerate(settings.models):
        n_free = settings.m_step.n_free(distribution, k, d)
        for start in range(restarts):
            yield Candidate(model * restarts + start, start, model, k, distribution, n_free)


def starter(
    data: Dataset, settings: Settings, engine: Engine, prepared: Prepared
) -> Callable[[Candidate], Mixture | RowRule]:
    """What the initializer says of a candidate, asked once for all that would be told the same."""
    sample = sampler(data, settings, engine, prepared.frame)
    said: dict[tuple[int, ...], Mixture | RowRule | DataError] = {}

    def ask(candidate: Candidate) -> Mixture | RowRule:
        context = StartContext(
            names=prepared.summary.model_names,
            moments=prepared.moments,
            label_names=prepared.summary.label_names,
            folder=settings.folder,
            seed=settings.seed,
            start=candidate.start,
            sample=sample,
            to_model=prepared.frame.to_model,
        )
        begun = settings.init.start(candidate.k, candidate.distribution, context)
        if isinstance(begun, Mixture):
            refuse_start(begun, len(prepared.frame.centre))
        return begun

    def start(candidate: Candidate) -> Mixture | RowRule:
        own = (candidate.model,) if settings.init.by_distribution else ()
        key = (candidate.k, candidate.start, *own)
        if key not in said:
            try:
                said[key] = ask(candidate)
            except DataError as error:
                said[key] = error
        answer = said[key]
        if isinstance(answer, DataError):
            raise answer
        return answer

    return start


def apply_rules(
    data: Dataset, m_step: MStep, engine: Engine, frame: Frame, rules: list[Rule]
) -> None:
    """One pass with all rules, then an M-step each.

    Where moments about the centre would cancel (components far apart against their spread), a
    second pass collects them about the means of the first.
    """
    sums = collect(data, engine, frame, rules, [None] * len(rules))
    about = [c.distribution.refine(s, frame.centre) for (c, _), s in zip(rules, sums, strict=True)]
    again = [i for i, parameters in enumerate(about) if parameters is not None]
    if again:
        wanted, means = [rules[i] for i in again], [about[i] for i in again]
        for i, better in zip(again, collect(data, engine, frame, wanted, means), strict=True):
            sums[i] = better
    for (candidate, _), statistics, parameters in zip(rules, sums, about, strict=True):
        try:
            candidate.mixture = m_step.maximize(
                candidate.distribution, None, statistics, frame.centre, parameters
            )
        except DegenerateComponent as error:
            candidate.degenerate(error, error.remedy)


def collect(
    data: Dataset,
    engine: Engine,
    frame: Frame,
    rules: list[Rule],
    about: list[Parameters | None],
) -> list[Statistics]:
    """Statistics of every rule in one pass."""
    jobs = tuple(
        Start(
            candidate.distribution.collector(candidate.k, frame.centre, parameters),
            rule,
            candidate.k,
        )
        for (candidate, rule), parameters in zip(rules, about, strict=True)
    )
    return list(engine.reduce(data, sweep_pass(frame, jobs)))


def refuse_start(mixture: Mixture, d: int) -> None:
    """Raise where an initializer's parameters are none of the distribution."""
    refused = mixture.distribution.refuse_parameters(mixture.parameters, mixture.n_components, d)
    if refused:
        raise DataError(
            f"the start is no {mixture.distribution.label} mixture: {refused}",
            "correct the parameters of `init`",
        )


@dataclass(frozen=True)
class DrawRows:
    """Leaf of the sampling pass: transformed rows."""

    frame: Frame
    size: int
    seed: int

    def __call__(self, span: Chunk) -> RowSample:
        """Sample of one span."""
        rows = self.frame.apply(span.rows)
        return draw_rows(rows, span.first_row, span.sample_weight, self.size, self.seed)


def sampler(
    data: Dataset, settings: Settings, engine: Engine, frame: Frame
) -> Callable[[int], tuple[np.ndarray, np.ndarray]]:
    """``sample(m)`` of `StartContext`: one pass for each m, shared by all restarts."""

    @cache
    def sample(m: int) -> tuple[np.ndarray, np.ndarray]:
        drawn = engine.reduce(data, RowPass(DrawRows(frame, m, settings.seed), merge_samples))
        return drawn.in_order()

    return sample
