"""What results may not depend on: chunks, threads, processes; units, axes and the number type."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import gmmflow
from gmmflow.config import build_stage
from gmmflow.em.pipeline import fit_mixture
from gmmflow.em.settings import Settings
from gmmflow.executors.distributed import Distributed
from gmmflow.executors.threads import Threads
from gmmflow.plugin.manager import Registry
from gmmflow.values.block import span_rows
from gmmflow.values.dataset import Dataset

FAMILIES = {"VVV": "covariances", "EEE": "covariances", "VVI": "variances", "VII": "variances"}
ITERATIONS = 5
REGISTRY = Registry(discover=False)


def fit_dataset(data, engine, family="VVV", init="random_points", k=3, e_step="soft"):
    def stage(kind, description):
        return build_stage(kind, description, REGISTRY)

    return fit_mixture(
        data,
        Settings(
            transforms=(),
            components=(k,),
            distributions=(stage("distributions", {"type": "gaussian", "covariance": family}),),
            init=stage("initializers", init),
            e_step=stage("e_steps", e_step),
            m_step=stage("m_steps", "ml"),
            convergence=(stage("convergence", {"type": "max_iterations", "limit": ITERATIONS}),),
            restarts=2,
            folder=Path(),
        ),
        engine,
    ).result


def bits(result) -> bytes:
    """All numbers that a fit leaves, times excepted."""
    parts = []
    for fit in result.fits:
        if fit.mixture is not None:
            parts += [fit.mixture.weights, *fit.mixture.parameters.values()]
        parts += [
            np.array([s.log_likelihood, s.objective, s.classification, s.parameter_change or 0.0])
            for s in fit.trace
        ]
    return b"".join(np.ascontiguousarray(part).tobytes() for part in [*parts, result.counts])


def dataset(chunks, d, seed=0, weighted=False, dtype=np.float64):
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
    from dataclasses import replace

    import dask.array as da

    weight = data.sample_weight
    return replace(
        data,
        rows=da.from_array(data.rows, chunks=(data.chunks, (data.n_features,))),
        sample_weight=None if weight is None else da.from_array(weight, chunks=(data.chunks,)),
    )


def in_threads(n, data, **options) -> bytes:
    with Threads(threads=n).start() as engine:
        return bits(fit_dataset(data, engine, **options))


tables = st.lists(st.integers(20, 400), min_size=1, max_size=9)


@settings(max_examples=12, deadline=None)
@given(
    tables, st.sampled_from(list(FAMILIES)), st.booleans(),
    st.sampled_from([np.float64, np.float32]), st.sampled_from(["soft", "hard"]),
)  # fmt: skip
def test_small_chunks_have_equal_bits_everywhere(chunks, family, weighted, dtype, e_step):
    data = dataset(chunks, 2, weighted=weighted, dtype=dtype)
    options = {"family": family, "e_step": e_step}
    found = {in_threads(n, data, **options) for n in (1, 2, 4)}
    found |= {in_threads(n, on_dask(data), **options) for n in (1, 3)}
    assert len(found) == 1


@pytest.mark.parametrize("family", FAMILIES)
def test_chunks_of_many_spans_have_equal_bits_everywhere(family):
    d = 40
    span = span_rows(d)
    data = dataset((2 * span + 17, 5, 3 * span), d, weighted=True)
    found = {in_threads(n, data, family=family) for n in (1, 2, 4)}
    found |= {in_threads(n, on_dask(data), family=family) for n in (1, 2)}
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


@pytest.mark.parametrize("family", FAMILIES)
def test_processes_have_the_bits_of_threads(address, family):
    data = dataset((300, 20, 411, 300, 77), 3, weighted=True)
    expected = in_threads(1, data, family=family)
    with Distributed(address=address).start() as engine:
        assert bits(fit_dataset(on_dask(data), engine, family=family)) == expected
        assert bits(fit_dataset(data, engine, family=family)) == expected


def given_start(family, x, k=3, seed=0):
    """Parameters of a start in the form of the family, spread as the data."""
    rng = np.random.default_rng(seed)
    d = x.shape[1]
    spread = np.atleast_2d(np.cov(x.T))
    form = {
        "VVV": np.tile(spread, (k, 1, 1)),
        "EEE": spread[None],
        "VVI": np.tile(np.diag(spread), (k, 1)),
        "VII": np.full((k, 1), np.trace(spread) / d),
    }[family]
    return {"means": x[rng.choice(len(x), k, replace=False)], FAMILIES[family]: form}


def fit(x, family, start, iterations=ITERATIONS):
    lists = {name: np.asarray(value, float).tolist() for name, value in start.items()}
    return gmmflow.fit(
        x, 3, distribution={"type": "gaussian", "covariance": family},
        init={"type": "given", "parameters": lists},
        convergence=[{"type": "max_iterations", "limit": iterations}],
    )  # fmt: skip


def same(model, other, x, tolerance, scale=1.0, shift=0.0, turn=None):
    """`other` is `model` of (turn x) * scale + shift."""
    d = x.shape[1]
    turn = np.eye(d) if turn is None else turn
    scale = np.broadcast_to(scale, d)
    unit = x @ turn.T
    sd = unit.std(axis=0) * scale
    assert_allclose(other.weights, model.weights, atol=tolerance)
    means = model.means @ turn.T * scale + shift
    assert (np.abs(other.means - means) <= tolerance * sd).all()
    covariances = turn @ model.covariances @ turn.T * np.outer(scale, scale)
    assert (np.abs(other.covariances - covariances) <= tolerance * np.outer(sd, sd)).all()
    moved = model.log_likelihood - len(x) * np.log(scale).sum()
    assert other.log_likelihood == pytest.approx(moved, abs=tolerance * len(x))


@settings(max_examples=15, deadline=None)
@given(tables, tables, st.sampled_from(list(FAMILIES)))
def test_other_chunks_differ_by_rounding_only(chunks, others, family):
    data = dataset(chunks, 2)
    sizes = np.diff(np.unique(np.clip(np.cumsum([0, *others, 10**6]), 0, data.n_rows)))
    other = Dataset(data.rows, data.names, tuple(sizes.tolist()))
    start = {name: value.tolist() for name, value in given_start(family, data.rows).items()}
    init = {"type": "given", "parameters": start}
    with Threads(threads=1).start() as engine:
        a = fit_dataset(data, engine, family, init)
        b = fit_dataset(other, engine, family, init)
    # The contract: 1e-10 relative after as many iterations.
    assert b.fit.log_likelihood == pytest.approx(a.fit.log_likelihood, rel=1e-10)
    for name, value in a.mixture.parameters.items():
        assert_allclose(b.mixture.parameters[name], value, rtol=1e-10, atol=1e-10)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(list(FAMILIES)), st.integers(0, 99), st.floats(-9, 9), st.floats(-9, 9),
    st.floats(-1e4, 1e4), st.floats(-1e4, 1e4),
)  # fmt: skip
def test_units_and_origin(family, seed, a, b, s, t):
    """x * scale + shift: rounding it costs eps |shift / sd|, grown by 5 iterations."""
    x = dataset((300,), 2, seed).rows
    scale = 10.0 ** np.array([a, a if family == "VII" else b])
    shift = np.array([s, t]) * x.std(axis=0) * scale
    start = given_start(family, x, seed=seed)
    moved = {"means": start["means"] * scale + shift}
    if "covariances" in start:
        moved["covariances"] = start["covariances"] * np.outer(scale, scale)
    else:
        moved["variances"] = start["variances"] * scale[: start["variances"].shape[1]] ** 2
    model, other = fit(x, family, start), fit(x * scale + shift, family, moved)
    same(model, other, x, 1e-8, scale, shift)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("family", ["VVV", "EEE", "VII"])
def test_rotation(family, seed):
    x = dataset((400,), 4, seed).rows
    x /= x.std(axis=0)
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(4, 4)))[0]
    start = given_start(family, x, seed=seed)
    moved = dict(start, means=start["means"] @ turn.T)
    if "covariances" in start:
        moved["covariances"] = turn @ start["covariances"] @ turn.T
        moved["covariances"] = (moved["covariances"] + moved["covariances"].swapaxes(1, 2)) / 2
    model, other = fit(x, family, start), fit(x @ turn.T, family, moved)
    same(model, other, x, 1e-10, turn=turn)


@pytest.mark.parametrize("family", FAMILIES)
def test_order_of_columns(family):
    x = dataset((400,), 4).rows
    turn = np.eye(4)[[2, 0, 3, 1]]
    start = given_start(family, x)
    moved = {name: value @ turn.T if value.shape[-1] == 4 else value
             for name, value in start.items()}  # fmt: skip
    if "covariances" in start:
        moved["covariances"] = turn @ start["covariances"] @ turn.T
    same(fit(x, family, start), fit(x @ turn.T, family, moved), x, 1e-11, turn=turn)


@pytest.mark.parametrize("offset", [0.0, 1e6])
@pytest.mark.parametrize("family", FAMILIES)
def test_single_precision_rows(family, offset):
    """The same rows as float32 and as float64: products of 24 bits, sums of 53, 5 iterations."""
    rows = dataset((3000,), 3).rows
    x = (rows / rows.std(axis=0) + offset).astype(np.float32)
    wide = x.astype(float)
    start = given_start(family, wide)
    same(fit(wide, family, start), fit(x, family, start), wide - offset, 2e-5)
