"""A whole fit: prepare, start, EM, choose, and say what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from gmmflow.em.candidate import Candidate
from gmmflow.em.choice import choose, forget
from gmmflow.em.classes import class_table
from gmmflow.em.frame import Frame
from gmmflow.em.held_out import EngineApart, HeldOut
from gmmflow.em.loop import Plan, run_em
from gmmflow.em.nesting import repair
from gmmflow.em.posterior import Posterior
from gmmflow.em.prepare import Prepared, prepare
from gmmflow.em.settings import Settings
from gmmflow.em.spikes import spikes
from gmmflow.em.start import start_candidates
from gmmflow.executors.base import Engine
from gmmflow.reporters.base import Labelled, Scan, Watcher
from gmmflow.transforms.base import Transform
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.mixture import Mixture
from gmmflow.values.result import Result
from gmmflow.values.trace import Step, falls


@dataclass(frozen=True)
class Fitted:
    """A finished fit.

    Attributes
    ----------
    result : Result
    frame : Frame
        Transforms and centre, to evaluate the mixture on raw rows.
    transforms : tuple of Transform
        The stages that the fitted transforms of the frame came from, for the model file.
    """

    result: Result
    frame: Frame
    transforms: tuple[Transform, ...] = ()


def fit_mixture(
    data: Dataset,
    settings: Settings,
    engine: Engine,
    watchers: Sequence[Watcher] = (),
    keep_history: bool = False,
) -> Fitted:
    """Fit a mixture to the rows.

    Raises
    ------
    DataError
        The rows cannot be fitted.
    DegenerateError
        Every candidate ended without a usable mixture.
    """
    began = monotonic()
    seen = engine
    if settings.criterion == "held_out":
        seen = EngineApart(engine, HeldOut(settings.seed, settings.held_out))
    prepared = prepare(data, settings, seen)
    candidates = start_candidates(data, settings, seen, prepared)
    for watcher in watchers:
        watcher.begin(prepared.summary, len(candidates))

    def watch(step: Step, mixture: Mixture) -> None:
        for watcher in watchers:
            watcher.step(step, mixture)

    def swept(candidates: Sequence[Candidate]) -> None:
        forget(candidates, settings.criterion)

    plan = Plan(seen, prepared.view, settings.method, keep_history, watch, swept)
    run_em(data, candidates, plan)
    notes = repair(data, candidates, plan)
    fits = [candidate.fit() for candidate in candidates]
    chosen = candidates[choose(fits, settings.criterion, prepared.summary.notes)]
    if not settings.init.ordered:
        for candidate in candidates:
            candidate.reorder()
    notes += warnings(settings, chosen, prepared.frame)
    notes += spikes(chosen, prepared.summary.moments.n_rows)
    result = conclude(data, settings, engine, prepared, candidates, chosen, notes, began)
    return Fitted(result, prepared.frame, settings.transforms)


def conclude(
    data: Dataset,
    settings: Settings,
    engine: Engine,
    prepared: Prepared,
    candidates: Sequence[Candidate],
    chosen: Candidate,
    notes: Sequence[str],
    began: float,
) -> Result:
    """Put everything that was found into a value, parameters in data units where they can be."""
    frame = prepared.frame
    assert chosen.mixture is not None, "the chosen candidate has a mixture"
    assert chosen.counts is not None, "the chosen candidate was evaluated"
    mixture = to_data_units(chosen.mixture, frame)
    history = [to_data_units(each, frame) for each in chosen.history]
    known = data.labels is not None
    return Result(
        fits=tuple(candidate.fit() for candidate in candidates),
        order="start" if settings.init.ordered else "means",
        best=chosen.index,
        mixture=mixture or chosen.mixture,
        units="transformed" if mixture is None else "data",
        data=prepared.summary,
        counts=chosen.counts,
        history=tuple(each or old for each, old in zip(history, chosen.history, strict=True)),
        classes=class_table(data, engine, frame, chosen.mixture) if known else None,
        notes=tuple(notes),
        seconds=monotonic() - began,
        random_start=not settings.init.deterministic,
        criterion=settings.criterion,
    )


def to_data_units(mixture: Mixture, frame: Frame) -> Mixture | None:
    """The mixture in data units, or None where the transforms or its law do not allow it."""
    if frame.to_model is None:
        return None
    scale, shift = frame.to_model
    if (scale == 1.0).all() and (shift == 0.0).all():
        return mixture
    parameters = mixture.distribution.affine(mixture.parameters, 1.0 / scale, -shift / scale)
    return (
        None if parameters is None else Mixture(mixture.distribution, mixture.weights, parameters)
    )


def warnings(settings: Settings, chosen: Candidate, frame: Frame) -> Iterator[str]:
    """What a user should know of the fit, each with a remedy where something is wrong."""
    if frame.to_model is not None and (frame.to_model[0] != 1.0).any():
        after = ", ".join(each.type for each in settings.transforms)
        yield (
            f"{chosen.distribution.label} is the law of the columns after {after}; parameters, "
            "log-likelihood and criteria are in data units"
        )
    if len(settings.models) == 1 and settings.criterion in ("aic", "icl"):
        yield (
            f"`select: {{criterion: {settings.criterion}}}` had nothing to choose: there is one "
            "model; name several numbers of components or distributions, or leave it out"
        )
    if settings.restarts > 1 and settings.init.deterministic:
        yield (
            f"init {settings.init.type} gives the same start every time: "
            f"`restarts: {settings.restarts}` was ignored; leave it out"
        )
    weight = chosen.trace[-1].weight
    if chosen.n_free >= weight:
        yield (
            f"{chosen.n_free:,} free parameters for {weight:,.6g} rows: the model can follow the "
            "rows one by one, and criteria do not hold there; try fewer components, or a "
            "distribution with fewer parameters"
        )
    fell = falls(chosen.trace)
    if fell and not chosen.distribution.monotone:
        yield (
            f"the objective fell at {_iterations(fell)}, as it may where the "
            "covariances are regularised in this way; `floor` with EII, VII, EEI, VVI, EEE, EEV or "
            "VVV, or the prior of `fit: {m_step: map}`, never lowers it"
        )
    elif fell and settings.e_step.monotone:
        yield (
            f"the objective fell at {_iterations(fell)}: the data may be "
            "too ill-conditioned for their precision; try `transform: [{type: standardize}]`"
        )


def _iterations(fell: tuple[int, ...]) -> str:
    """Which ones, the first five by number."""
    first = ", ".join(map(str, fell[:5]))
    return f"iteration {first}" if len(fell) <= 5 else f"{len(fell)} iterations ({first}, ...)"


@dataclass(frozen=True)
class LabelTask:
    """Runs a task on a chunk together with what the mixture says of its rows."""

    posterior: Posterior
    frame: Frame
    units: str
    task: Callable[[Labelled], Any]

    def __call__(self, chunk: Chunk) -> Any:
        """Label the chunk and run the task."""
        resp, log_density = self.posterior(chunk.rows)
        rows = None
        if self.frame.transforms:
            rows = self.frame.apply(chunk.rows)
            if self.units == "data":
                rows = self.frame.to_data(rows)
        return self.task(Labelled(chunk, resp, log_density, rows))


def scanner(data: Dataset, engine: Engine, fitted: Fitted) -> Scan:
    """The `Scan` that reporters get."""
    mixture = fitted.result.fit.mixture
    assert mixture is not None, "the chosen candidate has a mixture"
    posterior = Posterior.of(mixture, fitted.frame)

    def scan(task: Callable[[Labelled], Any]) -> Iterator[Any]:
        return engine.each(data, LabelTask(posterior, fitted.frame, fitted.result.units, task))

    return scan
