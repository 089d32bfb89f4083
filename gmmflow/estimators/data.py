"""Checked rows as a data set, and the engine that works on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np

from gmmflow.errors import ConfigError, DataError
from gmmflow.estimators.refusals import InputError, InvalidParameterError
from gmmflow.estimators.rows import is_dask
from gmmflow.executors.base import Engine, Executor
from gmmflow.executors.threads import ThreadEngine, Threads
from gmmflow.loaders.reading.chunking import chunk_rows, cut
from gmmflow.values.block import span_rows
from gmmflow.values.dataset import Dataset

#: Bytes of rows in one chunk, as in `gmmflow.fit`.
CHUNK_SIZE = 32 << 20


def dataset(rows: Any, sample_weight: Any = None) -> Dataset:
    """Data set of rows that were checked; a Dask array is checked when it is read."""
    if is_dask(rows):
        from gmmflow.loaders.arrays import from_arrays

        with value_errors():
            return from_arrays(rows, sample_weight)
    if sample_weight is not None:
        sample_weight = np.asarray(sample_weight)
    n, d = rows.shape
    chunks = tuple(cut(n, chunk_rows(CHUNK_SIZE, d, rows.dtype)))
    return Dataset(rows, tuple(f"x{i}" for i in range(d)), chunks, sample_weight)


def start_engine(executor: Any, data: Dataset) -> Engine:
    """The started executor; one thread, without a pool, where there is work for one only.

    Parameters
    ----------
    executor : None, str, mapping or Executor
        None is the threads of this process.
    data : Dataset

    Raises
    ------
    InvalidParameterError
        There is no such executor, or its options are wrong.
    """
    if executor is None:
        if data.in_memory and data.n_rows <= span_rows(data.n_features):
            return ThreadEngine(1)
        return Threads().start()
    if isinstance(executor, Executor):
        return executor.start()
    from gmmflow.config import build_stage
    from gmmflow.plugin.manager import Registry

    registry = Registry()
    try:
        stage = cast(Executor, build_stage("executors", executor, registry))
    except ConfigError as error:
        raise InvalidParameterError(
            f"The 'executor' parameter of GaussianMixture: {error.message}", error.remedy
        ) from None
    return stage.start(registry.modules)


@contextmanager
def value_errors() -> Iterator[None]:
    """Errors in the data are ValueErrors too, as scikit-learn's users expect."""
    try:
        yield
    except DataError as error:
        if isinstance(error, ValueError):
            raise
        raise InputError(error.message, error.remedy) from error
