"""What a convergence criterion is: from the trace to a stop, or none.

Laws: it reads the trace and changes nothing; the same trace gives the same answer.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from gmmflow.stage import Stage
from gmmflow.values.trace import Step, Stop


class Convergence(Stage):
    """Says when a candidate stops."""

    kind: ClassVar[str] = "convergence"

    @abstractmethod
    def check(self, trace: Sequence[Step]) -> Stop | None:
        """The stop, if the last step of the trace calls for one."""
