"""Data sets, work and clusters that every executor is tested with."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from gmmflow.executors.distributed import Distributed
from gmmflow.values.block import span_rows
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.row_pass import RowPass

#: So many columns that a span has few rows and small arrays have many spans.
D = 500
SPAN = span_rows(D)


def column_sums(span: Chunk) -> np.ndarray:
    """A leaf whose bits show every change of order: (3,) sums of mixed magnitude."""
    rows = span.rows
    weight = np.ones(len(rows)) if span.sample_weight is None else span.sample_weight
    labels = np.zeros(len(rows)) if span.labels is None else span.labels
    index = np.arange(span.first_row, span.first_row + len(rows))
    return np.array([rows.sum(), (rows[:, 0] * weight).sum(), (index * (labels + 0.1)).sum()])


def add(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a + b


SUMS = RowPass(column_sums, add)


def dataset(chunks, seed=0, weights=True, labels=True) -> Dataset:
    """Rows in memory, magnitudes from 1e-12 to 1e12."""
    n = sum(chunks)
    rng = np.random.default_rng(seed)
    rows = np.repeat(rng.normal(size=(n, 1)) * 10.0 ** rng.integers(-12, 12, size=(n, 1)), D, 1)
    return Dataset(
        rows, tuple(f"x{j}" for j in range(D)), tuple(chunks),
        sample_weight=rng.random(n) if weights else None,
        labels=rng.integers(-1, 3, n, dtype=np.int32) if labels else None,
    )  # fmt: skip


def on_dask(data: Dataset) -> Dataset:
    """The same data set as Dask arrays."""
    import dask.array as da

    def lazy(values):
        if values is None:
            return None
        return da.from_array(values, chunks=(data.chunks, *[(s,) for s in values.shape[1:]]))

    return replace(
        data, rows=lazy(data.rows), sample_weight=lazy(data.sample_weight), labels=lazy(data.labels)
    )


def bits(value: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """What the tests of this folder share (there is no package to import it from)."""
    return SimpleNamespace(
        D=D, SPAN=SPAN, SUMS=SUMS, add=add, dataset=dataset, on_dask=on_dask, bits=bits,
        module=sys.modules[__name__],
    )  # fmt: skip


@pytest.fixture(scope="session")
def start_cluster():
    """Starts clusters of worker processes on this machine; all are gone at the end."""
    from distributed import LocalCluster

    started = []

    def start(**options):
        cluster = LocalCluster(
            processes=True, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0", **options,
        )  # fmt: skip
        started.append(cluster)
        return cluster

    yield start
    for cluster in started:
        cluster.close()


@pytest.fixture(scope="session")
def cluster(start_cluster):
    return start_cluster(n_workers=2)


@pytest.fixture
def engine(cluster, kit):
    """On the cluster of two workers; the functions of this file travel by value."""
    with Distributed(address=cluster.scheduler_address).start(ship=(kit.module,)) as engine:
        yield engine
