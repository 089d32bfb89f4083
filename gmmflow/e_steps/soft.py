"""soft: posterior probabilities, the E-step of EM."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gmmflow.e_steps.base import EStep, Responsibilities, RowTerms
from gmmflow.values.block import Block


class Soft(EStep):
    """Responsibilities are posterior probabilities (Dempster, Laird and Rubin 1977)."""

    type: Literal["soft"] = "soft"

    def rule(self, iteration: int, seed: int) -> Responsibilities:
        """The same rule in every sweep."""
        return posterior


def posterior(log_joint: np.ndarray, block: Block) -> RowTerms:
    """Log-sum-exp down the columns of log_joint (k, B), which become probabilities.

    The largest term of a row is subtracted first, so no row under- or overflows. A row that is
    impossible under every component has log-likelihood -inf and equal probabilities.
    """
    top, total, row = block.work.array("row_terms", (3, log_joint.shape[1]), log_joint.dtype)
    np.maximum.reduce(log_joint, axis=0, out=top)
    impossible = None
    if not np.isfinite(np.minimum.reduce(top)):
        impossible = ~np.isfinite(top)
        log_joint[:, impossible] = 0.0
        top[impossible] = 0.0
    np.subtract(log_joint, top, out=log_joint)
    np.exp(log_joint, out=log_joint)
    np.add.reduce(log_joint, axis=0, out=total)
    np.divide(1.0, total, out=row)
    np.multiply(log_joint, row, out=log_joint)
    np.log(total, out=total)
    np.add(top, total, out=top)
    np.negative(total, out=total)
    if impossible is not None:
        top[impossible] = -np.inf
    return RowTerms(log_likelihood=top, objective=top, classification=total)
