"""Mixing proportions and row weights of zero and next to it."""

import numpy as np
import pytest

from gmmflow.config import build_stage
from gmmflow.em.frame import Frame
from gmmflow.em.posterior import Posterior
from gmmflow.plugin.manager import Registry
from gmmflow.values.mixture import Mixture

REGISTRY = Registry(discover=False)
FAMILIES = ["VVV", "EEE", "VVE", "VVI", "VII"]


def rows(rng, k=3, per=20, d=3):
    """Groups a few standard deviations apart, where they are, and matrices near their own."""
    means = 1.5 * rng.normal(size=(k, d))
    matrices = np.stack([m @ m.T / 20.0 for m in rng.normal(size=(k, d, 20))])
    return rng.normal(size=(k * per, d)) + np.repeat(means, per, axis=0), means, matrices


def mixture(kit, family, weights, sample_weight=None):
    x, means, matrices = rows(np.random.default_rng(3))
    form = kit.given_form(family, matrices)
    return kit.Mixture(x, np.array(weights), means, form, sample_weight)


@pytest.mark.parametrize("family", FAMILIES)
def test_proportions_next_to_zero(kit, steps, family):
    """A component of weight 1e-300 has rows that no other reaches, and is as exact there."""
    given = mixture(kit, family, [1e-300, 0.5, 0.5])
    given.means[0] += 60.0
    given.x[0] = given.means[0] + 0.5
    model = kit.fit(family, given, iterations=0)
    steps.assert_e_step(given, model, apart=np.array(given.lengths, float).max() ** 0.5)
    resp = model.predict_proba(given.x)[:, 0]
    assert resp[0] == 1.0
    assert (resp[1:] < 1e-290).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_proportions_of_zero(kit, steps, family):
    """Such a component has no row, not even one that is nowhere near the others."""
    given = mixture(kit, family, [0.0, 0.25, 0.75])
    given.x[0] = given.means[0] + 1e5
    law = build_stage("distributions", {"type": "gaussian", "covariance": family}, REGISTRY)
    parameters = {"means": given.means, **given.form.arrays()}
    frame = Frame((), given.x.mean(axis=0))
    resp, log_density = Posterior.of(Mixture(law, given.weights, parameters), frame)(given.x)
    assert (resp[:, 0] == 0.0).all()
    assert (kit.errors(log_density, given.log_density) <= 4.0 * given.units(kit.EPS)).all()
    wrong = np.stack([kit.errors(a, b) for a, b in zip(resp, given.resp, strict=True)])
    assert (wrong <= steps.moved(given) + 4.0 * kit.EPS).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_small_component_is_learned_as_exactly(kit, steps, family):
    given = mixture(kit, family, [1e-6, 0.5, 0.5 - 1e-6])
    steps.assert_m_step(family, given, kit.fit(family, given, iterations=1))


ROW_WEIGHTS = {
    "zero": lambda rng: np.where(np.arange(60) % 3, 1.0, 0.0),
    "tiny": lambda rng: np.where(np.arange(60) % 3, 1.0, 1e-300),
    "mixed": lambda rng: 10.0 ** rng.uniform(-12.0, 0.0, 60),
    "all small": lambda rng: 1e-100 * rng.exponential(size=60),
    "all large": lambda rng: 1e100 * rng.exponential(size=60),
}


@pytest.mark.parametrize("kind", ROW_WEIGHTS)
@pytest.mark.parametrize("family", FAMILIES)
def test_row_weights(kit, steps, family, kind):
    """Rows of weight zero may lie anywhere; only ratios of weights count for parameters."""
    weight = ROW_WEIGHTS[kind](np.random.default_rng(4))
    given = mixture(kit, family, [0.2, 0.3, 0.5], weight)
    steps.assert_e_step(given, kit.fit(family, given, iterations=0))
    steps.assert_m_step(family, given, kit.fit(family, given, iterations=1))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_row_of_weight_zero_leaves_no_trace(kit, family):
    """Not even from 1e9 away, where the others would lose half of their digits."""
    weight = np.ones(60)
    weight[7] = 0.0
    given = mixture(kit, family, [0.2, 0.3, 0.5], weight)
    there = kit.fit(family, given, iterations=3)
    given.x[7] = 1e9
    away = kit.fit(family, given, iterations=3)
    assert away.log_likelihood == pytest.approx(there.log_likelihood, rel=1e-13)
    np.testing.assert_allclose(away.means, there.means, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(away.covariances, there.covariances, rtol=1e-9, atol=1e-9)
