"""What an E-step is: from log joint densities to responsibilities and the objective.

Laws: responsibilities of a row are not negative and sum to 1; rows are independent, so results
do not depend on chunking; where `monotone`, EM with an exact M-step never lowers the objective.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, NamedTuple

import numpy as np

from gmmflow.stage import Stage
from gmmflow.values.block import Block


class RowTerms(NamedTuple):
    """What an E-step says of each row of a block, each (B,).

    Attributes
    ----------
    log_likelihood
        Natural log of the mixture density.
    objective
        What EM climbs; may be the same array.
    uncertainty
        Minus the natural log of the largest posterior probability: 0 for a row that is certain.
    """

    log_likelihood: np.ndarray
    objective: np.ndarray
    uncertainty: np.ndarray


#: (log_joint (k, B), block) -> terms; overwrites log_joint with the responsibilities.
Responsibilities = Callable[[np.ndarray, Block], RowTerms]


class EStep(Stage):
    """Assigns rows to components, softly or not."""

    kind: ClassVar[str] = "e_steps"
    #: Whether the objective never falls when every M-step is exact.
    monotone: ClassVar[bool] = True

    @abstractmethod
    def rule(self, iteration: int, seed: int) -> Responsibilities:
        """The rule of one sweep: a plain picklable function."""
