"""Where the fit stands, over all candidates."""

from __future__ import annotations

from gmmflow.reporters.facts import text
from gmmflow.values.trace import Step


class Tally:
    """The last iteration of every candidate, added up step by step.

    Attributes
    ----------
    candidates : int
        How many started so far.
    iteration : int
        The iteration that is being recorded.
    seen : int
        How many candidates have been evaluated in it: those that still run.
    seconds : float
        Wall time at the last step.
    """

    def __init__(self, candidates: int = 1) -> None:
        self.candidates = candidates
        self.iteration = 0
        self.seen = 0
        self.seconds = 0.0
        self._value: dict[int, float] = {}
        self._change: dict[int, float] = {}
        self._at: dict[int, int] = {}

    def record(self, step: Step) -> None:
        """Take in one step."""
        self.seen = self.seen + 1 if step.iteration == self.iteration else 1
        self.iteration = step.iteration
        self.candidates = max(self.candidates, step.candidate + 1)
        self.seconds = step.seconds
        if step.candidate in self._value:
            self._change[step.candidate] = step.log_likelihood - self._value[step.candidate]
        self._value[step.candidate] = step.log_likelihood
        self._at[step.candidate] = step.iteration

    def line(self) -> str:
        """``iteration 12: log-likelihood -1130.26396 (+1.2e-05), 4/10 running``."""
        # Short enough for a terminal of 80 columns, with the spinner and the time beside it.
        best = max(self._value, key=self._value.__getitem__)
        words = f"iteration {self.iteration}: log-likelihood {text.total(self._value[best])}"
        if best in self._change and self._at[best] == self.iteration:
            words += f" ({self._change[best]:+.2g})"
        if self.candidates > 1:
            words += f", {self.seen}/{self.candidates} running"
        return words
