"""Results do not depend on threads, processes, or on what else runs; on chunks only by rounding.

The contract: equal bits for one order of rows and chunks of 2^g spans each (one chunk table
otherwise), on any executor with any number of threads; other chunks differ by 1e-10 after as many
iterations.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from threadpoolctl import threadpool_limits

from gmmflow.config import build_stage
from gmmflow.covariances.nesting import FAMILIES as ALL
from gmmflow.em.pipeline import fit_mixture
from gmmflow.em.settings import Settings
from gmmflow.executors.distributed import Distributed
from gmmflow.executors.threads import Threads
from gmmflow.plugin.manager import Registry
from gmmflow.values.block import span_rows
from gmmflow.values.dataset import Dataset

#: A family of each form: dense, pooled, rotated, diagonal, spherical.
FORMS = ["VVV", "EEE", "VVE", "VVI", "VII"]
ITERATIONS = 4
REGISTRY = Registry(discover=False)


def stage(kind, description):
    return build_stage(kind, description, REGISTRY)


def fit(data, engine, families, ks=(3,), init="random_points", e_step="soft"):
    """All candidates of some families and numbers of components, two starts each."""
    return fit_mixture(
        data,
        Settings(
            transforms=(),
            components=tuple(ks),
            distributions=tuple(
                stage("distributions", {"type": "gaussian", "covariance": family})
                for family in families
            ),
            init=stage("initializers", init),
            e_step=stage("e_steps", e_step),
            m_step=stage("m_steps", "ml"),
            convergence=(stage("convergence", {"type": "max_iterations", "limit": ITERATIONS}),),
            restarts=2,
            folder=Path(),
        ),
        engine,
    ).result


def bits(fits) -> bytes:
    """All numbers that candidates leave, times excepted."""
    parts = []
    for each in fits:
        if each.mixture is not None:
            parts += [each.mixture.weights, *each.mixture.parameters.values()]
        parts += [
            np.array([s.log_likelihood, s.objective, s.classification, s.parameter_change or 0.0])
            for s in each.trace
        ]
    return b"".join(np.ascontiguousarray(part).tobytes() for part in parts)


def dataset(chunks, d, seed=0, weighted=False, dtype=np.float64) -> Dataset:
    """Three groups in rows that are held in memory, with this chunk table."""
    n = sum(chunks)
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, d)) + 2.5 * rng.normal(size=(3, d))[rng.integers(3, size=n)]
    return Dataset(
        (rows * 10.0 ** rng.uniform(-1, 1, d)).astype(dtype),
        tuple(f"x{j}" for j in range(d)),
        tuple(chunks),
        sample_weight=rng.exponential(size=n) if weighted else None,
    )


def on_dask(data: Dataset) -> Dataset:
    import dask.array as da

    weight = data.sample_weight
    return replace(
        data,
        rows=da.from_array(data.rows, chunks=(data.chunks, (data.n_features,))),
        sample_weight=None if weight is None else da.from_array(weight, chunks=(data.chunks,)),
    )


def in_threads(n, data, families, **options) -> bytes:
    with Threads(threads=n).start() as engine:
        return bits(fit(data, engine, families, **options).fits)


tables = st.lists(st.integers(30, 400), min_size=1, max_size=9)


@settings(max_examples=12, deadline=None)
@given(
    tables, st.sampled_from(FORMS), st.booleans(), st.sampled_from([np.float64, np.float32]),
    st.sampled_from(["soft", "hard"]),
)  # fmt: skip
def test_small_chunks(chunks, family, weighted, dtype, e_step):
    data = dataset(chunks, 2, weighted=weighted, dtype=dtype)
    found = {in_threads(n, data, [family], e_step=e_step) for n in (1, 2, 4)}
    found |= {in_threads(n, on_dask(data), [family], e_step=e_step) for n in (1, 3)}
    assert len(found) == 1


@pytest.mark.parametrize("family", FORMS)
def test_chunks_of_many_spans(family):
    d = 24
    span = span_rows(d)
    data = dataset((2 * span + 17, 5, span), d, weighted=True)
    found = {in_threads(n, data, [family]) for n in (1, 2, 4)}
    found |= {in_threads(n, on_dask(data), [family]) for n in (1, 2)}
    assert len(found) == 1


@pytest.mark.parametrize("family", FORMS)
def test_chunk_sizes(family):
    """Chunks of 2^g spans are leaves of the same tree; the last may end anywhere."""
    d = 24
    n = 3 * span_rows(d) + 123
    found = set()
    for spans in (1, 2, 4):
        size = spans * span_rows(d)
        chunks = [min(size, n - start) for start in range(0, n, size)]
        found.add(in_threads(2, dataset(chunks, d, weighted=True), [family]))
    assert len(found) == 1


def test_threads_of_blas():
    """Whatever BLAS was told before, a fit has one thread of it."""
    data = dataset((500, 3000), 30)
    found = set()
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.add(in_threads(1, data, FORMS))
    assert len(found) == 1


@pytest.fixture(scope="module")
def address():
    """A cluster of two worker processes on this machine."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address="127.0.0.1:0", worker_dashboard_address="127.0.0.1:0",
    ) as cluster:  # fmt: skip
        yield cluster.scheduler_address


def test_processes_have_the_bits_of_threads(address):
    """All families and two numbers of components at once, in one sweep an iteration."""
    data = dataset((300, 40, 411, 300, 77), 3, weighted=True)
    expected = in_threads(1, data, ALL, ks=(1, 3))
    assert in_threads(2, data, ALL, ks=(1, 3)) == expected
    with Distributed(address=address).start() as engine:
        assert bits(fit(on_dask(data), engine, ALL, ks=(1, 3)).fits) == expected
        assert bits(fit(data, engine, ALL, ks=(1, 3)).fits) == expected


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_candidates_have_the_bits_that_they_have_alone(dtype):
    """Of each family, beside all the others and other numbers of components, stopped or not."""
    data = dataset((1500, 700), 4, dtype=dtype)
    with Threads(threads=2).start() as engine:
        together = fit(data, engine, ALL, ks=(2, 5)).fits
        for family in ALL:
            alone = fit(data, engine, [family], ks=(5,)).fits
            among = [
                each
                for each in together
                if each.n_components == 5
                and each.distribution.covariance.type == family
                and each.inside is None
            ]
            assert len(among) == 2
            assert bits(among) == bits(alone)


@settings(max_examples=15, deadline=None)
@given(tables, tables, st.sampled_from(FORMS))
def test_other_chunks_differ_by_rounding_only(chunks, others, family):
    data = dataset(chunks, 2)
    sizes = np.diff(np.unique(np.clip(np.cumsum([0, *others, 10**6]), 0, data.n_rows)))
    other = Dataset(data.rows, data.names, tuple(sizes.tolist()))
    with Threads(threads=1).start() as engine:
        a, b = (fit(each, engine, [family], init="kmeans++").fits for each in (data, other))
    for one, two in zip(a, b, strict=True):
        assert two.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)
        for name, value in one.mixture.parameters.items():
            assert_allclose(two.mixture.parameters[name], value, rtol=1e-10, atol=1e-10)
