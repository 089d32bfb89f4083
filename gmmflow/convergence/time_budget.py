"""Stop when the time is spent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gmmflow.convergence.base import Convergence
from gmmflow.stage import Field
from gmmflow.values.trace import Reason, Step, Stop


class TimeBudget(Convergence):
    """The first iteration that ends after a number of seconds is the last one.

    Where a run stops then depends on the speed of the machine: such a result cannot be repeated
    exactly.
    """

    type: Literal["time_budget"] = "time_budget"
    seconds: float = Field(
        gt=0,
        allow_inf_nan=False,
        description="Wall time since the first sweep began, after which no iteration starts.",
    )

    def check(self, trace: Sequence[Step]) -> Stop | None:
        """The stop, if the last step ended after the budget."""
        if not trace or trace[-1].seconds < self.seconds:
            return None
        last = trace[-1]
        return Stop(
            Reason.TIME_LIMIT,
            f"the time budget of {self.seconds:g} s was spent after {last.seconds:.3g} s, "
            f"at iteration {last.iteration}",
            "raise time_budget.seconds, accept a larger tolerance, or start from this result",
        )
