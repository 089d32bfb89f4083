"""From log joint densities to posterior probabilities, down the columns of a block."""

from __future__ import annotations

import numpy as np

from gmmflow.values.block import Workspace


def log_sum_exp(log_joint: np.ndarray, work: Workspace) -> tuple[np.ndarray, np.ndarray]:
    """Turn log_joint (k, B) into posterior probabilities, in place.

    The largest term of a row is subtracted first, so no row under- or overflows. A row that is
    impossible under every component has log density -inf and equal probabilities.

    Returns
    -------
    log_density : (B,)
        Natural log of the sum over components.
    uncertainty : (B,)
        Minus the natural log of the largest posterior probability. Both are scratch memory.
    """
    top, total, row = work.array("row_terms", (3, log_joint.shape[1]), log_joint.dtype)
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
    if impossible is not None:
        top[impossible] = -np.inf
    return top, total
