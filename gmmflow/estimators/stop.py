"""When scikit-learn's EM stops, as a convergence criterion of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gmmflow.convergence.base import Convergence
from gmmflow.stage import Field
from gmmflow.values.trace import Reason, Step, Stop


class LowerBoundChange(Convergence):
    """One iteration after the mean objective changed by less than a tolerance.

    scikit-learn looks at the change of an E-step and then still returns the parameters of the
    M-step that follows it. To return the same, and know their log-likelihood too, the mixture after
    that M-step is evaluated: the criterion is met one step late.
    """

    type: Literal["lower_bound_change"] = "lower_bound_change"
    tolerance: float = Field(ge=0, description="Stop at a change of less than this.")
    before: float = Field(
        float("-inf"), description="Mean objective before the start, where an earlier fit goes on."
    )

    def check(self, trace: Sequence[Step]) -> Stop | None:
        """The stop, if the step before the last one changed little."""
        if len(trace) < 2:
            return None
        bounds = [step.objective / step.weight for step in trace[-3:-1]]
        change = abs(bounds[-1] - (bounds[0] if len(bounds) > 1 else self.before))
        if not change < self.tolerance:
            return None
        return Stop(
            Reason.CONVERGED,
            f"the mean log-likelihood changed by {change:.2g}, less than {self.tolerance:g}, "
            f"at iteration {trace[-2].iteration}",
        )
