"""Stop when little is left to climb, rather than when the climb is slow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gmmflow.convergence.base import Convergence
from gmmflow.stage import Field
from gmmflow.values.trace import Reason, Step, Stop


class Aitken(Convergence):
    """The mean log-likelihood is less than a tolerance below where it is heading.

    Where components overlap, EM climbs by small steps for a long time: a small change does not
    say that the top is near. The ratio of the last two changes does, by Aitken's acceleration:
    the gap is c a / (1 - a) for the last change c and its ratio a to the one before. Gaps that
    are negative, or of changes that grow, say nothing and do not stop. A change that is no more
    than a rounding error does. The ratio may still rise: where EM crosses a plateau, more is left
    than the gap says, as with every rule that looks at the last steps alone.

    What is watched is the objective that the stages climb, divided by the sum of the row weights.
    The default, measured as in `log_likelihood` (largest error of a mean in standard deviations,
    and the gap that was left beside what it was said to be; 2,000 rows each of two components in
    one column, VVV):

    ==================  ====================  ================  =================
    data                iterations            largest error     gap left, said
    ==================  ====================  ================  =================
    Old Faithful, k 2   5                     7e-6              3.42e-7, 3.39e-7
    iris, k 3           27                    3e-5              8.34e-7, 8.34e-7
    3 sd apart          70                    2e-4              3.78e-5, 3.78e-5
    2 sd apart          724                   9e-4              3.96e-5, 3.96e-5
    ==================  ====================  ================  =================

    Source: Bohning, Dietz, Schaub, Schlattmann and Lindsay 1994, Annals of the Institute of
    Statistical Mathematics 46:373-388.
    """

    type: Literal["aitken"] = "aitken"
    tolerance: float = Field(
        1e-8, gt=0, allow_inf_nan=False, description="Stop at a gap of less than this."
    )

    def check(self, trace: Sequence[Step]) -> Stop | None:
        """The stop, if the last steps say that the top is near."""
        if len(trace) < 2:
            return None
        last = trace[-1]
        name = "log-likelihood" if last.objective == last.log_likelihood else "objective"
        if abs(last.objective - trace[-2].objective) <= last.resolution:
            return Stop(
                Reason.CONVERGED,
                f"the {name} changed by no more than a rounding error, "
                f"at iteration {last.iteration}",
            )
        gap = last.aitken_gap
        if gap is None or not gap < self.tolerance * last.weight:
            return None
        return Stop(
            Reason.CONVERGED,
            f"the mean {name} has {gap / last.weight:.2g} left to climb, "
            f"less than {self.tolerance:g}, at iteration {last.iteration}",
        )
