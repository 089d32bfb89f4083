"""One candidate on its way: its mixture, its trace, and why it stopped."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gmmflow.distributions.base import Distribution
from gmmflow.errors import DataError
from gmmflow.values.fit import Fit
from gmmflow.values.mixture import Mixture
from gmmflow.values.trace import Reason, Step, Stop


@dataclass
class Candidate:
    """A mixture being fitted. The loop owns it and changes it.

    Attributes
    ----------
    index : int
        Place among the candidates.
    start : int
        Which restart of its model it is.
    model : int
        Place of the model among the models.
    k : int
        Number of components.
    distribution : Distribution
    n_free : int
    inside : int or None
        The candidate of a smaller model whose solution it starts from.
    mixture : Mixture or None
        The mixture of the next sweep; once stopped, the last one that was evaluated.
    previous : Mixture or None
        The one before, for the parameter change.
    counts : (k,) or None
        Expected rows of each component in the last sweep.
    trace, stop
        See `Fit`.
    history : list of Mixture
        All that were evaluated, where a reporter wants them; else empty.
    """

    index: int
    start: int
    model: int
    k: int
    distribution: Distribution
    n_free: int
    inside: int | None = None
    mixture: Mixture | None = None
    previous: Mixture | None = None
    counts: np.ndarray | None = None
    trace: list[Step] = field(default_factory=list)
    history: list[Mixture] = field(default_factory=list)
    stop: Stop | None = None

    def degenerate(self, error: Exception, remedy: str) -> None:
        """End this candidate; what was evaluated before stays."""
        at = f" at iteration {len(self.trace)}" if self.trace else " at the start"
        self.stop = Stop(Reason.DEGENERATE, f"{error}{at}", remedy)
        if not self.trace:
            self.mixture = None

    def refuse(self, error: DataError) -> None:
        """End this candidate before it began: the rows cannot be fitted so."""
        self.stop = Stop(Reason.DEGENERATE, error.message, error.remedy)

    def evaluated(self, step: Step, counts: np.ndarray, keep_history: bool) -> None:
        """Record a sweep."""
        assert self.mixture is not None, "only a mixture can be evaluated"
        self.trace.append(step)
        self.counts = counts
        if keep_history:
            self.history.append(self.mixture)

    def reorder(self) -> None:
        """Put the components into the order of `Mixture.order`."""
        if self.mixture is None or self.counts is None:
            return
        order = self.mixture.order()
        self.mixture = self.mixture.reorder(order)
        self.counts = self.counts[order]
        self.history = [mixture.reorder(order) for mixture in self.history]

    def fit(self) -> Fit:
        """The candidate as a value, once it has stopped."""
        assert self.stop is not None, "the candidate is still running"
        return Fit(
            self.index, self.start, self.mixture, tuple(self.trace), self.stop, self.n_free,
            self.model, self.k, self.distribution, self.inside,
        )  # fmt: skip
