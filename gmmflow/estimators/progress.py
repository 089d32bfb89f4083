"""What ``verbose`` prints: scikit-learn's lines."""

from __future__ import annotations

from time import monotonic

from gmmflow.em.candidate import Candidate
from gmmflow.values.mixture import Mixture
from gmmflow.values.trace import Reason, Step


class Progress:
    """Prints the initializations of a fit, one after the other.

    Parameters
    ----------
    verbose : int
        0 nothing, 1 iterations, 2 also times and changes.
    interval : int
        Iterations between two lines.
    before : float
        Lower bound before the first iteration.
    """

    def __init__(self, verbose: int, interval: int, before: float) -> None:
        self._verbose = verbose
        self._interval = interval
        self._before = self._bound = before
        self._began = self._last = monotonic()
        self._candidate: Candidate | None = None

    def begin(self, candidate: Candidate) -> None:
        """An initialization starts."""
        self._candidate, self._bound = candidate, self._before
        self._began = self._last = monotonic()
        if self._verbose:
            print(f"Initialization {candidate.index}")

    def step(self, step: Step, _: Mixture) -> None:
        """An iteration is over: an E-step, and an M-step if the candidate goes on."""
        assert self._candidate is not None, "steps follow a beginning"
        bound, number = step.objective / step.weight, step.iteration + 1
        if self._candidate.stop is not None:
            return
        change, self._bound = bound - self._bound, bound
        if number % self._interval:
            return
        if self._verbose == 1:
            print(f"  Iteration {number}")
        elif self._verbose > 1:
            now = monotonic()
            lapse = f"time lapse {now - self._last:.5f}s"
            print(f"  Iteration {number}\t {lapse}\t ll change {change:.5f}")
            self._last = now

    def end(self, candidate: Candidate) -> None:
        """An initialization has stopped."""
        assert candidate.stop is not None, "it has stopped"
        if candidate.stop.reason == Reason.START_ONLY:
            return
        known = {Reason.CONVERGED: "converged", Reason.DEGENERATE: "is degenerate"}
        what = f"Initialization {known.get(candidate.stop.reason, 'did not converge')}."
        if self._verbose == 1:
            print(what)
        elif self._verbose > 1:
            lapse = monotonic() - self._began
            print(f"{what} time lapse {lapse:.5f}s\t lower bound {self._bound:.5f}.")
