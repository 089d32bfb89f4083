"""floor, max_ratio and reg_covar on every family: what they bound, and when EM stays monotone."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmflow
from gmmflow.config import build_stage
from gmmflow.covariances.base import Covariance
from gmmflow.covariances.nesting import FAMILIES
from gmmflow.errors import ConfigError, DataError, DegenerateError
from gmmflow.plugin.manager import Registry

#: Families where eigenvalues of the maximum, clipped, are those of the maximum under the bounds.
SEPARABLE = ("EII", "VII", "EEI", "VVI", "EEE", "EEV", "VVV")
UNIT_FREE = ("EEI", "VVI", "EEE", "VVV")
#: Families that have no maximum where one component has no spread in some direction.
NEED_SPREAD = ("VII", "VEI", "EVI", "VVI", "VEE", "EVE", "VVE", "VEV", "EVV", "VVV")
REGISTRY = Registry(discover=False)


def build(family, **options) -> Covariance:
    return build_stage("covariances", {"type": family, **options}, REGISTRY)


def collapsing():
    """Rows and labels: one component is one point, one lies on a line."""
    rng = np.random.default_rng(2)
    line = rng.normal(size=(30, 1)) * [1.0, 2.0, 3.0] + [0.0, 8.0, 0.0]
    x = np.concatenate([rng.normal(size=(100, 3)), np.tile([[5.0, 5.0, 5.0]], (20, 1)), line])
    return x, np.repeat(["a", "b", "c"], [100, 20, 30])


def fit(family, options, **more):
    x, labels = collapsing()
    return gmmflow.fit(
        more.pop("x", x), 3,
        distribution={"type": "gaussian", "covariance": {"type": family, **options}},
        init="labels",
        labels=labels,
        **more,
    )  # fmt: skip


def scatters(family, k=3, d=3):
    """Counts and scatters in the shape that the family needs, the first of them singular."""
    rng = np.random.default_rng(7)
    n, root = rng.uniform(20.0, 80.0, k), rng.normal(size=(k, d, d + 2))
    full = n[:, None, None] * root @ root.transpose(0, 2, 1)
    full[0] = n[0] * np.outer([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    needs = build(family).needs
    if needs == "dense":
        return n, full
    if needs == "pooled":
        return n, full.sum(axis=0, keepdims=True)
    diagonal = np.einsum("kii->ki", full)
    return n, diagonal if needs == "diagonal" else diagonal.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("family", NEED_SPREAD)
def test_without_them_the_error_says_what_to_do(family):
    with pytest.raises(DegenerateError, match=r"component 1: it (collapsed|has no)") as caught:
        fit(family, {})
    for remedy in ("floor: 1e-6", "max_ratio", "fit: {m_step: map}"):
        assert remedy in str(caught.value)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    "options", [{"floor": 1e-4}, {"max_ratio": 50.0}, {"floor": 1e-3, "max_ratio": 500.0}]
)
def test_bounds_hold_and_the_fit_goes_on(family, options):
    x, _ = collapsing()
    model = fit(family, options)
    values = np.linalg.eigvalsh(model.covariances)
    if "max_ratio" in options:
        assert values.max() <= options["max_ratio"] * values.min() * (1 + 1e-7)
    if "floor" in options:
        spread = x.var(axis=0)
        if family in UNIT_FREE and "max_ratio" not in options:
            model_values = model.covariances / np.sqrt(np.outer(spread, spread))
            assert np.linalg.eigvalsh(model_values).min() >= options["floor"] * (1 - 1e-7)
        else:
            assert values.min() >= options["floor"] * spread.mean() * (1 - 1e-7)


@pytest.mark.parametrize("family", SEPARABLE)
@pytest.mark.parametrize(
    "options", [{"floor": 1e-3}, {"max_ratio": 50.0}, {"floor": 1e-3, "max_ratio": 20.0}]
)
@pytest.mark.parametrize("seed", range(3))
def test_em_under_exact_bounds_never_falls(family, options, seed):
    assert build(family, **options).monotone
    x, _ = collapsing()
    model = gmmflow.fit(
        x + np.random.default_rng(seed).normal(size=x.shape) * 0.01, 5,
        distribution={"type": "gaussian", "covariance": {"type": family, **options}},
        init="random_points", seed=seed,
    )  # fmt: skip
    objective = np.array([step.objective for step in model.result.fit.trace])
    assert (np.diff(objective) > -1e-11 * np.abs(objective[1:]).max()).all()


@pytest.mark.parametrize("family", SEPARABLE)
@pytest.mark.parametrize("options", [{"floor": 0.05}, {"max_ratio": 5.0}])
def test_the_bounded_m_step_is_the_best_within_the_bounds(family, options):
    """Other members within the bounds, M-steps of other scatters, have a higher criterion."""
    n, scatter = scatters(family)
    stage, rng = build(family, **options), np.random.default_rng(3)
    spread = np.full(1 if stage.needs == "trace" else 3, 40.0)

    def criterion(form):
        matrices = form.matrices(3, 3)
        inverse, log_det = np.linalg.inv(matrices), np.linalg.slogdet(matrices)[1]
        if scatter.ndim == 2:
            diagonal = np.einsum("kii->ki", inverse)
            trace = (scatter * (diagonal if stage.needs == "diagonal" else diagonal[:, :1])).sum()
        else:
            trace = (scatter * inverse[: len(scatter)]).sum()
        return float((n * log_det).sum() + trace)

    lowest = criterion(stage.estimate(n, scatter, 3, None, spread))
    for size in (0.5, 0.05, 0.005):
        for _ in range(10):
            factor = np.exp(size * rng.normal(size=scatter.shape))
            if scatter.ndim == 3:
                root = np.eye(3) + 0.5 * size * rng.normal(size=scatter.shape)
                moved = root @ scatter @ root.transpose(0, 2, 1)
            else:
                moved = scatter * factor
            found = criterion(stage.estimate(n, moved, 3, None, spread))
            assert lowest <= found + 1e-10 * abs(found)


@pytest.mark.parametrize("family", FAMILIES)
def test_reg_covar_goes_on_and_is_no_surprise(family):
    model = fit(family, {"reg_covar": 1e-2})
    assert np.isfinite(model.log_likelihood)
    assert not build(family, reg_covar=1e-2).monotone
    for note in model.result.notes:
        assert "ill-conditioned" not in note


def test_a_fall_that_reg_covar_makes_says_so():
    """From the optimum without it, the first M-step with a large ridge falls."""
    x = np.random.default_rng(0).normal(size=(200, 2)) * [1.0, 3.0]
    best = gmmflow.fit(x, 1)
    start = {"means": best.means.tolist(), "covariances": best.covariances.tolist()}
    model = gmmflow.fit(
        x, 1,
        distribution={"type": "gaussian", "covariance": {"type": "VVV", "reg_covar": 2.0}},
        init={"type": "given", "parameters": start},
    )  # fmt: skip
    assert model.falls[0] == 1
    (note,) = [note for note in model.result.notes if "fell" in note]
    assert note.startswith("the objective fell at iteration 1, as it may where the covariances are")


@pytest.mark.parametrize("family", ["EEE", "VII", "VVI", "VVV"])
def test_reg_covar_is_scikit_learns(family):
    """Added to every diagonal after the M-step."""
    n, scatter = scatters(family)
    spread = np.ones(1 if family == "VII" else 3)
    plain = build(family).estimate(n, scatter, 3, None, spread).matrices(3, 3)
    ridged = build(family, reg_covar=0.5).estimate(n, scatter, 3, None, spread)
    assert_allclose(ridged.matrices(3, 3), plain + 0.5 * np.eye(3), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("family", ["EII", "VVV", "VVE", "EVI"])
def test_bounds_that_nothing_touches_change_nothing(family):
    n, scatter = scatters(family)
    if scatter.ndim == 3:
        scatter = scatter + 100.0 * np.eye(3)
    spread = np.full(1 if build(family).needs == "trace" else 3, 40.0)
    plain, bounded = (
        build(family, **options).estimate(n, scatter, 3, None, spread).matrices(3, 3)
        for options in ({}, {"floor": 1e-9, "max_ratio": 1e9})
    )
    assert_allclose(bounded, plain, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("options", [{"floor": 1e-4}, {"max_ratio": 100.0}])
def test_bounds_know_no_units(options):
    x, _ = collapsing()
    plain, scaled = fit("VVV", options), fit("VVV", options, x=1e4 * x + 7e6)
    assert_allclose(scaled.means, 1e4 * plain.means + 7e6, rtol=1e-9)
    assert_allclose(scaled.covariances, 1e8 * plain.covariances, rtol=1e-5, atol=1e2)


def test_a_constant_column_needs_them():
    x, _ = collapsing()
    x[:, 2] = 5.0
    with pytest.raises(DataError, match="constant column"):
        fit("VVV", {}, x=x)
    for options in ({"floor": 1e-6}, {"reg_covar": 1e-6}, {"max_ratio": 100.0}):
        assert np.isfinite(fit("VVV", options, x=x).log_likelihood)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"floor": 1.0}, "floor: must be less than 1"),
        ({"floor": -0.1}, "floor: must be at least 0"),
        ({"max_ratio": 0.5}, "max_ratio: must be at least 1"),
        ({"reg_covar": -1e-6}, "reg_covar: must be at least 0"),
    ],
)
def test_impossible_bounds_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        fit("VVV", options)
