"""What a mixture says of each row, on every kind of table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gmmflow.em.posterior import Posterior
from gmmflow.executors.threads import ThreadEngine, Threads
from gmmflow.loaders.arrays import from_arrays
from gmmflow.loaders.python.frames import matched
from gmmflow.values.block import span_rows
from gmmflow.values.dataset import Chunk, Dataset

Answer = Literal["labels", "resp", "log_density"]


@dataclass(frozen=True)
class Rowwise:
    """One answer for each row of a chunk: picklable, for Dask."""

    posterior: Posterior
    what: Answer

    def of_chunk(self, chunk: Chunk) -> np.ndarray:
        """The answers for a chunk."""
        return self(chunk.rows)

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Labels (m,), probabilities (m, k) or log densities (m,)."""
        resp, log_density = self.posterior(rows)
        if self.what == "labels":
            return resp.argmax(axis=1)
        return log_density if self.what == "log_density" else resp.astype(np.float64, copy=False)


def dataset(x: Any, names: tuple[str, ...]) -> Dataset:
    """Rows as a data set with these columns, found by name where `x` has names.

    Raises
    ------
    DataError
        A column is missing, or their number is wrong.
    """
    return from_arrays(matched(x, names), names=names)


def rowwise(posterior: Posterior, data: Dataset, what: Answer) -> Any:
    """An answer for each row: an array, or a Dask array for rows of one."""
    evaluate = Rowwise(posterior, what)
    if not data.in_memory:
        chunks = {"chunks": (data.rows.chunks[0], (posterior.k,))}
        shape = chunks if what == "resp" else {"drop_axis": 1}
        # Without it Dask would ask for the answers to rows of no columns, to see their type.
        kind = np.int64 if what == "labels" else np.float64
        meta = np.empty((0,) * (2 if what == "resp" else 1), kind)
        return data.rows.map_blocks(evaluate, dtype=kind, meta=meta, **shape)
    small = data.n_rows <= span_rows(data.n_features)  # a pool costs more than the answer
    with ThreadEngine(1) if small else Threads().start() as engine:
        return np.concatenate(list(engine.each(data, evaluate.of_chunk)))
