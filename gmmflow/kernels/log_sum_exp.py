"""From log joint densities to posterior probabilities, down the columns of a block."""

from __future__ import annotations

import numpy as np

from gmmflow.values.block import Workspace

#: Log densities up to this size, either way, can be exponentiated as they are: what is then lost
#: is smaller than the row's largest term by 300 in the log (float64), 30 (float32).
SAFE = {"d": 300.0, "f": 50.0}


def log_sum_exp(log_joint: np.ndarray, work: Workspace) -> tuple[np.ndarray, np.ndarray]:
    """Turn log_joint (k, B) into posterior probabilities, in place.

    The largest term of a row is subtracted first, unless no row of the block could under- or
    overflow. A row that is impossible under every component has log density -inf and equal
    probabilities.

    Returns
    -------
    log_density : (B,)
        Natural log of the sum over components.
    log_largest : (B,)
        Natural log of the largest posterior probability. Both are scratch memory.
    """
    top, total, row = work.array("row_terms", (3, log_joint.shape[1]), log_joint.dtype)
    np.maximum.reduce(log_joint, axis=0, out=top)
    safe = SAFE[log_joint.dtype.char]
    if -safe < np.minimum.reduce(top) and np.maximum.reduce(top) < safe:
        _normalize(log_joint, total, row)
        return total, np.subtract(top, total, out=top)
    impossible = ~np.isfinite(top)
    log_joint[:, impossible] = 0.0
    top[impossible] = 0.0
    np.subtract(log_joint, top, out=log_joint)
    _normalize(log_joint, total, row)
    np.add(top, total, out=top)
    top[impossible] = -np.inf
    return top, np.negative(total, out=total)


def _normalize(terms: np.ndarray, log_total: np.ndarray, scratch: np.ndarray) -> None:
    """Turn terms (k, B) into probabilities, and fill in the log of their sum (B,)."""
    np.exp(terms, out=terms)
    np.add.reduce(terms, axis=0, out=log_total)
    np.divide(1.0, log_total, out=scratch)
    np.multiply(terms, scratch, out=terms)
    np.log(log_total, out=log_total)
