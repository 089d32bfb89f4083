"""``resp_init`` as a Dask array: responsibilities that nobody holds travel beside their rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gmmflow.distributions.base import Kernel
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.em.frame import Frame
from gmmflow.em.sweep import Start, Sweep, add_all
from gmmflow.errors import DataError, DegenerateComponent
from gmmflow.estimators.fitting import M_STEP, Rows, ill_defined
from gmmflow.estimators.starts import Given
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.mixture import Mixture, Parameters, Statistics
from gmmflow.values.row_pass import RowPass


def first_mixture(rows: Rows, resp: Any, gaussian: Gaussian) -> Mixture:
    """The M-step of responsibilities (n, k) in a Dask array.

    Raises
    ------
    FitError
        A component has no covariance.
    """
    k, data = resp.shape[1], rows.data
    names = (*data.names, *(f"resp{i}" for i in range(k)))
    joined = Dataset(_beside(data.rows, resp), names, data.chunks, data.sample_weight)

    def statistics(about: Parameters | None) -> Statistics:
        kernel = gaussian.collector(k, rows.frame.centre, about)
        leaf = FirstSweep(rows.frame, kernel, k)
        found: tuple[Statistics, ...] = rows.engine.reduce(joined, RowPass(leaf, add_all))
        return found[0]

    sums = statistics(None)
    about = gaussian.refine(sums, rows.frame.centre)
    if about is not None:
        sums = statistics(about)
    try:
        return M_STEP.maximize(gaussian, None, sums, rows.frame.centre, about)
    except DegenerateComponent as error:
        raise ill_defined(f"{error} at the start", data.rows.dtype) from None


@dataclass(frozen=True)
class FirstSweep:
    """Leaf: statistics of rows (m, d) that their responsibilities (m, k) stand beside."""

    frame: Frame
    kernel: Kernel
    k: int

    def __call__(self, span: Chunk) -> tuple[Statistics, ...]:
        """Statistics of one span.

        Raises
        ------
        DataError
            Rows of responsibilities do not sum to 1 or 0.
        """
        d = len(self.frame.centre)
        resp = span.rows[:, d:]
        total = resp.sum(axis=1)
        if not (resp >= 0.0).all() or not (np.isclose(total, 1.0) | (total == 0.0)).all():
            raise DataError(
                f"resp_init has rows, from {span.first_row} to {span.first_row + len(resp) - 1}, "
                "that are not nonnegative numbers of sum 1 (or 0: no part in the start)",
                "divide each row by its sum",
            )
        rows = replace(span, rows=np.ascontiguousarray(span.rows[:, :d]))
        return Sweep(self.frame, (Start(self.kernel, Given(resp, span.first_row), self.k),))(rows)


def _beside(rows: Any, resp: Any) -> Any:
    """Rows (n, d) with their responsibilities (n, k) as further columns."""
    resp = resp.rechunk((rows.chunks[0], -1))
    chunks = (rows.chunks[0], (rows.shape[1] + resp.shape[1],))
    return rows.map_blocks(_columns, resp, dtype=np.float64, chunks=chunks, meta=np.empty((0, 0)))


def _columns(rows: np.ndarray, resp: np.ndarray) -> np.ndarray:
    return np.concatenate([rows, resp], axis=1, dtype=np.float64)
