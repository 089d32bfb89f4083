"""soft: posterior probabilities, the E-step of EM."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gmmflow.e_steps.base import EStep, Responsibilities, RowTerms
from gmmflow.kernels.log_sum_exp import log_sum_exp
from gmmflow.values.block import Block


class Soft(EStep):
    """Responsibilities are posterior probabilities (Dempster, Laird and Rubin 1977)."""

    type: Literal["soft"] = "soft"

    def rule(self, iteration: int, seed: int) -> Responsibilities:
        """The same rule in every sweep."""
        return posterior


def posterior(log_joint: np.ndarray, block: Block) -> RowTerms:
    """Posterior probabilities; the objective is the log-likelihood."""
    log_likelihood, uncertainty = log_sum_exp(log_joint, block.work)
    return RowTerms(log_likelihood, log_likelihood, uncertainty)
