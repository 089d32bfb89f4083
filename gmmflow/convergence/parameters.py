"""Stop when the parameters no longer move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gmmflow.convergence.base import Convergence
from gmmflow.stage import Field
from gmmflow.values.trace import Reason, Step, Stop


class ParameterChange(Convergence):
    """The largest change of a parameter in the last M-step is less than a tolerance.

    Changes are in standard deviations of the columns; those of weights are absolute. EM moves
    slowly where components overlap: what is left to go may be many times the last move.
    """

    type: Literal["parameters"] = "parameters"
    tolerance: float = Field(
        1e-6, gt=0, allow_inf_nan=False, description="Stop at a change of less than this."
    )

    def check(self, trace: Sequence[Step]) -> Stop | None:
        """The stop, if the last M-step moved nothing far enough."""
        change = trace[-1].parameter_change if trace else None
        if change is None or not change < self.tolerance:
            return None
        return Stop(
            Reason.CONVERGED,
            f"no parameter changed by more than {change:.2g}, less than {self.tolerance:g}, "
            f"at iteration {trace[-1].iteration}",
        )
