"""Stop after a number of iterations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gmmflow.convergence.base import Convergence
from gmmflow.stage import Field
from gmmflow.values.trace import Reason, Step, Stop


class MaxIterations(Convergence):
    """The number of M-steps after the start has reached a limit; 0 evaluates the start alone."""

    type: Literal["max_iterations"] = "max_iterations"
    limit: int = Field(500, ge=0, description="Iterations at most; 0 keeps the start as it is.")

    def check(self, trace: Sequence[Step]) -> Stop | None:
        """The stop, if the last step has reached the limit."""
        if not trace or trace[-1].iteration < self.limit:
            return None
        if self.limit == 0:
            return Stop(
                Reason.START_ONLY,
                "the start was evaluated and kept, as max_iterations has the limit 0",
                "raise the limit for EM to run",
            )
        plural = "" if self.limit == 1 else "s"
        return Stop(
            Reason.ITERATION_LIMIT,
            f"the limit of {self.limit:,} iteration{plural} was reached",
            "raise max_iterations.limit, or accept a larger tolerance; very slow convergence "
            "often means more components than the data tell apart",
        )
