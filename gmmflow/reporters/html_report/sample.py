"""The rows that are drawn: a sample that depends on the number of rows and on nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.reporters.base import Labelled, Scan

#: Any fixed seed: the same data give the same picture, whatever the seed of the run.
SEED = 20_061_017


@dataclass(frozen=True)
class Sample:
    """Rows in the space of the mixture.

    Attributes
    ----------
    rows : (m, d) float64
        In input order.
    component : (m,) int
        Component of the largest responsibility.
    total : int
        Rows of the data.
    """

    rows: np.ndarray
    component: np.ndarray
    total: int


@dataclass(frozen=True)
class Gather:
    """Task that takes the wanted rows out of a chunk.

    Attributes
    ----------
    wanted : (m,) int64
        Indices of rows in the data, ascending.
    """

    wanted: np.ndarray

    def __call__(self, labelled: Labelled) -> tuple[np.ndarray, np.ndarray]:
        """The chunk's wanted rows and their components."""
        first, size = labelled.chunk.first_row, len(labelled.resp)
        low, high = np.searchsorted(self.wanted, [first, first + size])
        local = self.wanted[low:high] - first
        rows = np.asarray(labelled.points[local], dtype=np.float64)
        return rows, labelled.resp[local].argmax(axis=1)


def sample(scan: Scan, n_rows: int, limit: int) -> Sample:
    """At most `limit` rows, uniformly without replacement, gathered chunk by chunk."""
    if n_rows <= limit:
        wanted = np.arange(n_rows)
    else:
        rng = np.random.default_rng(SEED)
        wanted = np.sort(rng.choice(n_rows, limit, replace=False, shuffle=False))
    rows, component = zip(*scan(Gather(wanted)), strict=True)
    return Sample(np.concatenate(rows), np.concatenate(component), n_rows)
