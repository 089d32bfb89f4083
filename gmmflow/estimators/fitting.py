"""From rows and a start to the best of the initializations, through EM's own loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gmmflow.convergence.max_iterations import MaxIterations
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.e_steps.soft import Soft
from gmmflow.em.candidate import Candidate
from gmmflow.em.frame import Frame
from gmmflow.em.loop import Plan, run_em
from gmmflow.em.prepare import View, refuse_size
from gmmflow.em.settings import Method
from gmmflow.em.start import DrawRows, apply_rules
from gmmflow.estimators.progress import Progress
from gmmflow.estimators.refusals import FitError, InputError
from gmmflow.estimators.stop import LowerBoundChange
from gmmflow.executors.base import Engine
from gmmflow.initializers.base import RowRule
from gmmflow.m_steps.ml import MaximumLikelihood
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.forms import Form, form_of
from gmmflow.values.mixture import Mixture
from gmmflow.values.moments import Moments, measure, merge
from gmmflow.values.row_pass import RowPass
from gmmflow.values.row_sample import merge_samples
from gmmflow.values.trace import Reason

#: What scikit-learn says of a fit that ends so.
ILL_DEFINED = (
    "Fitting the mixture model failed because some components have ill-defined empirical "
    "covariance (for instance caused by singleton or collapsed samples). Try to decrease the "
    "number of components, increase reg_covar, or scale the input data."
)
FLOAT32 = " The numerical accuracy can also be improved by passing float64 data instead of float32."


M_STEP = MaximumLikelihood()


@dataclass(frozen=True)
class Rows:
    """The rows of a fit, and what a first look at them found.

    Attributes
    ----------
    data : Dataset
    engine : Engine
    moments : Moments
    frame : Frame
    """

    data: Dataset
    engine: Engine
    moments: Moments
    frame: Frame

    @classmethod
    def look(cls, data: Dataset, engine: Engine) -> Rows:
        """Measure the columns in one pass.

        Raises
        ------
        DataError
            There is no row of positive weight, or the squares of a column do not fit its type.
        """
        moments = engine.reduce(data, RowPass(measured, merge))
        if moments is None or moments.n_rows == 0:
            raise InputError("Sample weights must contain at least one non-zero number.")
        refuse_size(data.names, moments, data.rows.dtype)
        reach = np.maximum(moments.high - moments.mean, moments.mean - moments.low)
        # Rows in float32 may be rounded outwards.
        radius = float(np.linalg.norm(reach)) * (1.0 + 1e-6)
        return cls(data, engine, moments, Frame((), moments.mean, radius))

    def sample(self, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """A uniform sample of at most `size` rows, and their weights."""
        work = RowPass(DrawRows(self.frame, size, seed), merge_samples)
        drawn: tuple[np.ndarray, np.ndarray] = self.engine.reduce(self.data, work).in_order()
        return drawn


@dataclass(frozen=True)
class Start:
    """Where one initialization starts: a rule for the first M-step, or numbers.

    Attributes
    ----------
    rule : RowRule or None
        Not needed where the numbers are complete.
    weights : (k,) or None
        In place of what the M-step finds; so are the others.
    means : (k, d) or None
    form : Form or None
    """

    rule: RowRule | None
    weights: np.ndarray | None = None
    means: np.ndarray | None = None
    form: Form | None = None

    def mixture(self, gaussian: Gaussian, found: Mixture | None) -> Mixture:
        """The mixture to start from, given what the M-step found."""
        weights, means, form = self.weights, self.means, self.form
        if found is not None:
            weights = found.weights if weights is None else weights
            means = found.parameters["means"] if means is None else means
            form = form_of(found.parameters) if form is None else form
        assert weights is not None, "neither rule nor weights"
        assert means is not None, "neither rule nor means"
        assert form is not None, "neither rule nor covariances"
        return Mixture(gaussian, weights, {"means": means, **form.arrays()})


@dataclass(frozen=True)
class Limits:
    """When to stop, and what to print.

    Attributes
    ----------
    tol : float
    max_iter, verbose, interval : int
        As in `GaussianMixture`.
    before : float
        Lower bound before the first iteration.
    """

    tol: float
    max_iter: int
    verbose: int = 0
    interval: int = 10
    before: float = -np.inf


@dataclass(frozen=True)
class Outcome:
    """The best initialization.

    Attributes
    ----------
    mixture : Mixture
        After the last M-step.
    lower_bounds : list of float
        Mean log-likelihood of each iteration's E-step, before its M-step.
    log_likelihood : float
        Of the mixture.
    converged : bool
    degenerate : tuple of str
        Why initializations ended that left nothing.
    """

    mixture: Mixture
    lower_bounds: list[float]
    log_likelihood: float
    converged: bool
    degenerate: tuple[str, ...]


def fit(rows: Rows, gaussian: Gaussian, starts: Sequence[Start], k: int, limits: Limits) -> Outcome:
    """Run EM from every start, and keep the best.

    All starts are swept side by side, each row read once for all; where progress is printed, one
    after the other. The numbers are the same.

    Raises
    ------
    FitError
        No start led to a usable mixture.
    """
    progress = Progress(limits.verbose, limits.interval, limits.before)
    criteria = (
        LowerBoundChange(tolerance=limits.tol, before=limits.before),
        MaxIterations(limit=limits.max_iter),
    )
    eps = float(np.finfo(rows.data.rows.dtype).eps)
    view, method = View(rows.frame, rows.moments, eps), Method(Soft(), M_STEP, criteria)
    plan = Plan(rows.engine, view, method, watch=progress.step)
    candidates = begin(rows, gaussian, starts, k)
    for group in [[each] for each in candidates] if limits.verbose else [candidates]:
        progress.begin(group[0])
        run_em(rows.data, group, plan)
        progress.end(group[0])
    return best(candidates, rows.data.rows.dtype)


def begin(rows: Rows, gaussian: Gaussian, starts: Sequence[Start], k: int) -> list[Candidate]:
    """Candidates with their first mixtures; one pass serves all rules."""
    n_free = M_STEP.n_free(gaussian, k, rows.data.n_features)
    candidates = [Candidate(i, i, 0, k, gaussian, n_free) for i in range(len(starts))]
    pairs = list(zip(candidates, starts, strict=True))
    rules = [(candidate, start.rule) for candidate, start in pairs if start.rule is not None]
    if rules:
        apply_rules(rows.data, M_STEP, rows.engine, rows.frame, rules)
    for candidate, start in pairs:
        if candidate.stop is None:
            candidate.mixture = start.mixture(gaussian, candidate.mixture)
            if start.form is not None:
                refuse_singular(start.form, rows.data.rows.dtype)
    return candidates


def refuse_singular(form: Form, dtype: np.dtype) -> None:
    """Raise for given covariances without an inverse."""
    singular = form.first_singular()
    if singular is not None:
        raise ill_defined(f"the start of component {singular} is singular", dtype)


def best(candidates: Sequence[Candidate], dtype: np.dtype) -> Outcome:
    """The candidate of the highest lower bound, the first of equals.

    Raises
    ------
    FitError
        All are degenerate.
    """
    usable: list[Candidate] = []
    lost: list[Candidate] = []
    for candidate in candidates:
        assert candidate.stop is not None, "it has stopped"
        bad = candidate.stop.reason == Reason.DEGENERATE
        (lost if bad else usable).append(candidate)
    messages = tuple(each.stop.message for each in lost if each.stop is not None)
    if not usable:
        raise ill_defined("; ".join(dict.fromkeys(messages)), dtype)
    # Without an iteration there is no lower bound; the start's own log-likelihood decides.
    chosen = max(usable, key=lambda each: each.trace[max(len(each.trace) - 2, 0)].objective)
    assert chosen.mixture is not None, "it is usable"
    assert chosen.stop is not None, "it has stopped"
    return Outcome(
        chosen.mixture,
        [step.objective / step.weight for step in chosen.trace[:-1]],
        chosen.trace[-1].log_likelihood,
        chosen.stop.reason == Reason.CONVERGED,
        messages,
    )


def ill_defined(what: str, dtype: np.dtype) -> FitError:
    """scikit-learn's error of a degenerate fit, and what happened to which component."""
    return FitError(ILL_DEFINED + FLOAT32 * (dtype == np.float32) + f" Here {what}.")


def measured(span: Chunk) -> Moments:
    """Leaf of the first look."""
    return measure(span.rows, span.sample_weight)
