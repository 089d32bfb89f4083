"""EM itself: it climbs, candidates do not touch each other, and the trace tells the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

import gmmflow
from gmmflow.errors import DegenerateError
from gmmflow.values.trace import Reason

FAMILIES = ["VVV", "EEE", "VVI", "VII"]


def hard_case(rng, n, d, k):
    """Overlapping, thin, unlike and far-off groups, some heavy, some of few rows."""
    parts = []
    for share in rng.dirichlet(np.full(k, 0.7)):
        mixing = rng.normal(size=(d, d)) * 10.0 ** rng.uniform(-2, 1, d)
        rows = rng.normal(size=(d + 3 + int(share * n), d)) @ mixing
        parts.append(rows + rng.normal(size=d) * 10.0 ** rng.uniform(-1, 2))
    x = np.concatenate(parts)
    return x * 10.0 ** rng.uniform(-3, 3, d) + 10.0 ** rng.uniform(-2, 5, d)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 4),
    st.integers(1, 4),
    st.sampled_from(FAMILIES),
    st.sampled_from(["soft", "hard"]),
    st.sampled_from(["random_points", "random_resp"]),
    st.booleans(),
)
def test_the_objective_never_falls(seed, d, k, family, e_step, init, weighted):
    rng = np.random.default_rng(seed)
    x = hard_case(rng, 150, d, k)
    weight = rng.exponential(size=len(x)) if weighted else None
    try:
        model = gmmflow.fit(
            x, k, distribution={"type": "gaussian", "covariance": family}, e_step=e_step,
            init=init, sample_weight=weight, seed=seed % 1000,
            convergence=[{"type": "max_iterations", "limit": 25}],
        )  # fmt: skip
    except DegenerateError:
        return  # said, and tested elsewhere
    objective = np.array([step.objective for step in model.result.fit.trace])
    # A log density is exact to 1e-9 (the guard of the kernels), and so is their mean.
    total = np.sum(weight) if weighted else len(x)
    assert (np.diff(objective) >= -1e-9 * total).all()


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(1)
    return rng.normal(size=(500, 3)) + rng.normal(size=(5, 3))[rng.integers(5, size=500)] * 2.0


@pytest.mark.parametrize("family", FAMILIES)
def test_candidates_side_by_side_have_the_bits_of_each_alone(x, family):
    """5 starts in one sweep, and each of them as the only live candidate of its own run."""
    from gmmflow.em.loop import run_em
    from gmmflow.em.prepare import prepare
    from gmmflow.em.start import start_candidates
    from gmmflow.executors.threads import Threads
    from gmmflow.loaders.arrays import from_arrays

    data = from_arrays(x)
    with Threads(threads=1).start() as engine:
        setup, plan = plan_for(family, engine, data)
        prepared = prepare(data, setup, engine)
        together = start_candidates(data, setup, engine, prepared)
        run_em(data, together, plan)
        assert len({len(candidate.trace) for candidate in together}) > 1, "they end apart"
        for index, each in enumerate(together):
            alone = start_candidates(data, setup, engine, prepared)[index]
            run_em(data, [alone], plan)
            assert alone.stop == each.stop
            assert [s.objective for s in alone.trace] == [s.objective for s in each.trace]
            assert_array_equal(alone.mixture.weights, each.mixture.weights)
            for name, value in each.mixture.parameters.items():
                assert_array_equal(alone.mixture.parameters[name], value)


def plan_for(family, engine, data):
    """Settings of 5 random starts, and the plan of the loop."""
    from pathlib import Path

    from gmmflow.config import build_stage
    from gmmflow.em.loop import Plan
    from gmmflow.em.prepare import prepare
    from gmmflow.em.settings import Settings
    from gmmflow.plugin.manager import Registry

    registry = Registry(discover=False)

    def stage(kind, description):
        return build_stage(kind, description, registry)

    setup = Settings(
        transforms=(),
        components=(4,),
        distributions=(stage("distributions", {"type": "gaussian", "covariance": family}),),
        init=stage("initializers", "random_points"),
        e_step=stage("e_steps", "soft"),
        m_step=stage("m_steps", "ml"),
        convergence=(
            stage("convergence", {"type": "log_likelihood", "tolerance": 1e-5}),
            stage("convergence", {"type": "max_iterations", "limit": 60}),
        ),
        restarts=5,
        folder=Path(),
    )
    return setup, Plan(engine, prepare(data, setup, engine).view, setup.method)


def test_a_first_restart_is_the_run_without_restarts(x):
    one = gmmflow.fit(x, 3, init="random_points")
    many = gmmflow.fit(x, 3, init="random_points", restarts=5)
    first = many.result.fits[0]
    assert [s.objective for s in first.trace] == [s.objective for s in one.result.fit.trace]
    assert_array_equal(first.mixture.parameters["means"], one.means)
    assert many.log_likelihood == max(fit.log_likelihood for fit in many.result.fits)


def test_the_trace_belongs_to_the_mixtures(x):
    """Each step's log-likelihood is that of the mixture that reporters were shown with it."""
    seen = []

    class Watcher:
        def begin(self, data, candidates):
            assert candidates == 1

        def step(self, step, mixture):
            seen.append((step, mixture))

    fitted = fit_watched(x, Watcher())
    model = gmmflow.MixtureModel(fitted)
    assert [step.iteration for step, _ in seen] == list(range(len(seen)))
    assert len(seen) == len(model.result.fit.trace) == len(model.result.history)
    for step, mixture in (seen[0], seen[3], seen[-1]):
        log_density = direct_log_density(x, mixture)
        assert step.log_likelihood == pytest.approx(log_density.sum(), rel=1e-12)
        assert step.weight == len(x)
        assert step.smallest_weight == mixture.weights.min()
    changes = [step.parameter_change for step, _ in seen]
    assert changes[0] is None
    assert changes[-1] < changes[1]
    (_, before), (last, after) = seen[-2:]
    sd = x.std(axis=0)
    moved = np.abs(after.parameters["means"] - before.parameters["means"]) / sd
    assert last.parameter_change >= moved.max() * (1.0 - 1e-9)


def fit_watched(x, watcher):
    from gmmflow.em.pipeline import fit_mixture
    from gmmflow.executors.threads import Threads
    from gmmflow.loaders.arrays import from_arrays

    data = from_arrays(x)
    with Threads(threads=1).start() as engine:
        setup, _ = plan_for("VVV", engine, data)
        from dataclasses import replace

        return fit_mixture(data, replace(setup, restarts=1), engine, [watcher], keep_history=True)


def direct_log_density(x, mixture):
    from scipy.special import logsumexp
    from scipy.stats import multivariate_normal

    terms = zip(mixture.weights, mixture.parameters["means"], mixture.parameters["covariances"],
                strict=True)  # fmt: skip
    return logsumexp([np.log(w) + multivariate_normal(m, c).logpdf(x) for w, m, c in terms], axis=0)


def test_limits_say_so_and_what_to_do(x):
    model = gmmflow.fit(x, 3, convergence=[{"type": "max_iterations", "limit": 2}])
    assert not model.converged
    assert model.result.fit.stop.reason == Reason.ITERATION_LIMIT
    assert model.n_iterations == 2
    assert "2" in model.result.fit.stop.message
    assert "limit" in model.result.fit.stop.remedy


def test_components_of_random_starts_are_sorted_and_given_ones_keep_their_order(x):
    model = gmmflow.fit(x, 4, init="random_points", seed=3)
    assert (np.diff(model.means[:, 0]) > 0).all()
    # Counts are those of the last E-step, a step of convergence after the weights.
    assert np.abs(model.result.counts / len(x) - model.weights).max() < 1e-4
    assert np.bincount(model.predict(x)).argmax() == model.weights.argmax()
    turned = model.means[::-1].tolist()
    given_ = gmmflow.fit(x, 4, init={"type": "given", "parameters": {"means": turned}})
    assert not (np.diff(given_.means[:, 0]) > 0).all()
