"""Stop when the log-likelihood no longer changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gmmflow.convergence.base import Convergence
from gmmflow.stage import Field
from gmmflow.values.trace import Reason, Step, Stop


class LogLikelihood(Convergence):
    """The change of the log-likelihood over one iteration is less than a tolerance.

    What is watched is the objective that the stages climb: the log-likelihood, or, for hard
    assignments or under a prior, what takes its place. ``mean`` divides the change by the sum of
    the row weights, ``relative`` by the log-likelihood: neither grows with the number of rows.
    ``mean`` does not depend on the units of the columns either.

    The default was measured against the converged parameters (largest error, in standard
    deviations of the columns; k-means start, VVV):

    ==================  =====================  ========================  =======================
    tolerance           Old Faithful, k = 2    iris, k = 3               2 components 3 sd apart
    ==================  =====================  ========================  =======================
    mean 1e-8           2e-6 (6 iterations)    2e-5 (28)                 4e-4 (34)
    relative 1e-5 (1)   1e-4 (3)               1e-3 (21)                 6e-3 (4)
    mean 1e-3 (2)       5e-4 (2)               5e-3 (18)                 1e-2 (2)
    ==================  =====================  ========================  =======================

    (1) the default of mclust; (2) that of scikit-learn.
    """

    type: Literal["log_likelihood"] = "log_likelihood"
    tolerance: float = Field(
        1e-8, gt=0, allow_inf_nan=False, description="Stop at a change of less than this."
    )
    change: Literal["mean", "relative"] = Field(
        "mean", description="The change of the mean over the rows, or relative to the whole."
    )

    def check(self, trace: Sequence[Step]) -> Stop | None:
        """The stop, if the last two steps are close enough."""
        if len(trace) < 2:
            return None
        last, before = trace[-1], trace[-2]
        change = abs(last.objective - before.objective)
        whole = last.weight if self.change == "mean" else abs(last.objective)
        small = change < self.tolerance * whole
        if not (small or change <= last.resolution):
            return None
        name = "log-likelihood" if last.objective == last.log_likelihood else "objective"
        what = f"the mean {name} changed by" if self.change == "mean" else f"the {name} changed by"
        size = change / whole if change else 0.0
        relative = " of itself" if self.change == "relative" else ""
        limit = f"less than {self.tolerance:g}" if small else "no more than a rounding error"
        return Stop(
            Reason.CONVERGED,
            f"{what} {size:.2g}{relative}, {limit}, at iteration {last.iteration}",
        )
