"""What an iteration left behind, and why a candidate stopped."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
    resolution : float
        Changes of the objective below this are rounding errors of the rows' type.
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
    resolution: float = 0.0
