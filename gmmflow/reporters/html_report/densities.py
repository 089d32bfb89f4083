"""Component densities of a few rows, by the distribution's own kernel."""

from __future__ import annotations

import numpy as np

from gmmflow.kernels.log_sum_exp import log_sum_exp
from gmmflow.values.block import Block, Workspace, cut
from gmmflow.values.mixture import Mixture


def log_joint(mixture: Mixture, rows: np.ndarray) -> np.ndarray:
    """Log weight + log density of each component at each of rows (m, d), as (k, m)."""
    m, d = rows.shape
    centre = rows.mean(axis=0)
    kernel = mixture.kernel(centre)
    parts = []
    size, room = cut(kernel.shape, d)
    for start in range(0, m, size):
        part = np.ascontiguousarray(rows[start : start + size])
        out = np.empty((mixture.n_components, len(part)))
        kernel.log_joint(Block(part, start, centre, Workspace(), room=room), out)
        parts.append(out)
    return np.concatenate(parts, axis=1)


def responsibilities(mixture: Mixture, rows: np.ndarray) -> np.ndarray:
    """Posterior probability of each component at each of rows (m, d), as (k, m)."""
    resp = log_joint(mixture, rows)
    log_sum_exp(resp, Workspace())
    return resp
