"""What an iteration left behind, and why a candidate stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

#: A fall of the objective by less than this many rounding units is noise.
FALL = 1e3
#: Nor is a fall of the mean log density by less: a log-determinant is exact to eps times the
#: condition number, and its error is that of every row of the component.
SLACK = 1e-10


class Reason(StrEnum):
    """Why a candidate stopped."""

    CONVERGED = "converged"
    ITERATION_LIMIT = "iteration limit"
    TIME_LIMIT = "time limit"
    START_ONLY = "start only"
    DEGENERATE = "degenerate"


@dataclass(frozen=True)
class Stop:
    """Why a candidate stopped, as a sentence with a remedy where one is needed."""

    reason: Reason
    message: str
    remedy: str = ""


@dataclass(frozen=True)
class Step:
    """One iteration of one candidate: the mixture that was evaluated, in numbers.

    Attributes
    ----------
    candidate : int
        Index of the candidate.
    iteration : int
        0 is the mixture the initializer gave; i is the mixture after i M-steps.
    log_likelihood : float
        Weighted sum over rows of the natural log of the density, in data units.
    objective : float
        What the E-step and M-step climb; the log-likelihood for soft and ml.
    weight : float
        Sum of the row weights (the number of rows without weights).
    classification : float
        Weighted sum over rows of the log of the largest responsibility (for ICL).
    parameter_change : float or None
        Largest change of a parameter in the last M-step, in standard deviations of its column
        (weights: absolute); None at iteration 0.
    seconds : float
        Wall time since the run's first sweep began.
    smallest_weight : float
        Smallest mixing proportion.
    smallest_count : float
        Smallest expected number of rows (sum of weights) of a component.
    resolution : float
        Changes of the objective below this are rounding errors of the rows' type.
    aitken_gap : float or None
        How much the objective would still climb, as far as its last changes tell; see
        `aitken_gap`.
    held_out : float or None
        Mean log density, in data units, of the rows that are left out of the fit; None if there
        are none.
    """

    candidate: int
    iteration: int
    log_likelihood: float
    objective: float
    weight: float
    classification: float
    parameter_change: float | None
    seconds: float
    smallest_weight: float
    smallest_count: float
    resolution: float = 0.0
    aitken_gap: float | None = None
    held_out: float | None = None


def aitken_gap(before: Sequence[Step], objective: float, resolution: float) -> float | None:
    """What is left to climb, were every change to come the same share of the one before it.

    EM converges linearly: with the last change c and its ratio a to the one before, the limit of
    the objective lies c a / (1 - a) above its value (Aitken's acceleration).

    Parameters
    ----------
    before : sequence of Step
        The trace so far.
    objective, resolution : float
        Those of the step that follows it.

    Returns
    -------
    float or None
        Not negative; None where it cannot be told: in the first two steps, after a fall, where
        the changes do not shrink, and where the last one is a rounding error.

    Source: Bohning, Dietz, Schaub, Schlattmann and Lindsay 1994, Annals of the Institute of
    Statistical Mathematics 46:373-388; that a negative gap must not count: McNicholas, Murphy,
    McDaid and Frost 2010, Computational Statistics & Data Analysis 54:711-723.
    """
    if len(before) < 2:
        return None
    last = objective - before[-1].objective
    earlier = before[-1].objective - before[-2].objective
    if not resolution < last < earlier:
        return None
    ratio = last / earlier
    return last * ratio / (1.0 - ratio)


def falls(trace: Sequence[Step]) -> tuple[int, ...]:
    """Iterations at which the objective fell by more than rounding errors."""
    return tuple(
        after.iteration
        for before, after in pairwise(trace)
        if after.objective < before.objective - FALL * after.resolution - SLACK * after.weight
    )
