"""What an M-step is: from the statistics of a sweep to the next mixture.

Laws: what is not updated keeps its value; the objective of the E-step does not fall.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from gmmflow.distributions.base import Distribution
from gmmflow.stage import Stage
from gmmflow.values.mixture import Mixture, Parameters, Statistics


class MStep(Stage):
    """Says which parameters are maximised, and how."""

    kind: ClassVar[str] = "m_steps"

    @abstractmethod
    def maximize(
        self,
        distribution: Distribution,
        previous: Mixture | None,
        statistics: Statistics,
        centre: np.ndarray,
        about: Parameters | None = None,
    ) -> Mixture:
        """The next mixture.

        Parameters
        ----------
        distribution : Distribution
        previous : Mixture or None
            The mixture of the sweep; None after a row rule, when everything is estimated.
        statistics : dict of str to ndarray
        centre : (d,)
        about : dict of str to ndarray or None
            What a row rule's statistics were collected about (`Distribution.refine`).

        Raises
        ------
        DegenerateComponent
            A component emptied or collapsed.
        """

    @abstractmethod
    def n_free(self, distribution: Distribution, k: int, d: int) -> int:
        """Free parameters of the mixture, the mixing proportions included."""

    def keeps_nesting(self, distribution: Distribution) -> bool:
        """Whether a distribution that contains this one must end at least as high as it.

        So it is where all parameters are learned and nothing but the likelihood decides.
        """
        return False

    @abstractmethod
    def refuse(self, distribution: Distribution) -> str | None:
        """Why this M-step does not fit the distribution, or None."""

    def log_prior(self, mixture: Mixture, statistics: Statistics, centre: np.ndarray) -> float:
        """Log density of the prior at a mixture, up to a constant; 0 without one.

        It is part of the objective that EM climbs. `statistics` are of a sweep with this mixture.
        """
        return 0.0
