"""hard: each row goes to its most probable component, the E-step of classification EM."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gmmflow.e_steps.base import EStep, Responsibilities, RowTerms
from gmmflow.kernels.log_sum_exp import log_sum_exp
from gmmflow.values.block import Block


class Hard(EStep):
    """Responsibilities are 0 or 1; EM climbs the classification log-likelihood.

    With equal weights and one spherical variance this is k-means. Estimates are biased where
    components overlap. Source: Celeux and Govaert 1992, CSDA 14:315-332.
    """

    type: Literal["hard"] = "hard"

    def rule(self, iteration: int, seed: int) -> Responsibilities:
        """The same rule in every sweep."""
        return assignment


def assignment(log_joint: np.ndarray, block: Block) -> RowTerms:
    """One component a row, the first of equals; the objective is its log joint density."""
    best = np.argmax(log_joint, axis=0)
    objective = np.take_along_axis(log_joint, best[None], axis=0)[0]
    log_likelihood, uncertainty = log_sum_exp(log_joint, block.work)
    log_joint[:] = 0.0
    np.put_along_axis(log_joint, best[None], 1.0, axis=0)
    return RowTerms(log_likelihood, objective, uncertainty)
