"""Spurious components are named; small groups are not."""

from __future__ import annotations

import numpy as np
import pytest

import gmmflow
from gmmflow.covariances.vvi import VVI
from gmmflow.covariances.vvv import VVV
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.em.spikes import thinnest
from gmmflow.values.mixture import Mixture


def fit(x, labels, weight=None, **options):
    distribution = {"type": "gaussian", "covariance": options.pop("covariance", "VVV")}
    return gmmflow.fit(
        x, 2, distribution=distribution, init="labels", labels=labels, sample_weight=weight,
        **options,
    )  # fmt: skip


def notes(model):
    return [note for note in model.result.notes if "spike" in note]


@pytest.fixture(scope="module")
def cloud():
    return np.random.default_rng(0).normal(size=(400, 2))


@pytest.fixture(scope="module")
def line():
    """Six rows that lie on a line, but for a hair."""
    t = np.linspace(-1.0, 1.0, 6)
    return np.column_stack([5.0 + t, 5.0 + 2.0 * t + 1e-4 * np.array([1, -1, 1, 1, -1, 1])])


@pytest.mark.parametrize("scale", [1.0, 1e9])
def test_few_rows_near_a_line_are_a_spike(cloud, line, scale):
    x = np.concatenate([cloud, line]) * [1.0, scale]
    (note,) = notes(fit(x, np.repeat([0, 1], [400, 6])))
    assert note.startswith("component 1 may be a spike, not a group: it has 6.0 rows, and in its ")
    for remedy in ("`fit.restarts`", "floor: 1e-3", "`fit: {m_step: map}`", "fewer components"):
        assert remedy in note


def test_row_weights_are_shares_of_the_rows(cloud, line):
    x, labels = np.concatenate([cloud, line]), np.repeat([0, 1], [400, 6])
    (note,) = notes(fit(x, labels, np.full(406, 1e6)))
    assert "it has 6.0 rows" in note


@pytest.mark.parametrize(
    "options", [{"m_step": "map"}, {"covariance": {"type": "VVV", "floor": 1e-2}}]
)
def test_what_the_note_names_takes_the_spike_away(cloud, line, options):
    x, labels = np.concatenate([cloud, line]), np.repeat([0, 1], [400, 6])
    assert not notes(fit(x, labels, **options))


def test_a_small_round_group_is_none(cloud):
    group = np.random.default_rng(1).normal(8.0, 0.3, size=(6, 2))
    assert not notes(fit(np.concatenate([cloud, group]), np.repeat([0, 1], [400, 6])))


def test_a_large_flat_group_is_none(cloud):
    rng = np.random.default_rng(1)
    t = rng.normal(size=200)
    flat = np.column_stack([5.0 + t, 5.0 + 2.0 * t + rng.normal(0.0, 1e-4, 200)])
    assert not notes(fit(np.concatenate([cloud, flat]), np.repeat([0, 1], [400, 200])))


def test_the_thinnest_direction_does_not_depend_on_the_axes():
    rng = np.random.default_rng(3)
    factor = rng.normal(size=(2, 3, 3))
    covariances = factor @ factor.transpose(0, 2, 1)
    weights = np.array([0.9, 0.1])
    mixture = Mixture(
        Gaussian(covariance=VVV()), weights, {"means": np.zeros((2, 3)), "covariances": covariances}
    )
    map_ = rng.normal(size=(3, 3)) * [1e-4, 1.0, 1e4]
    moved = Mixture(
        mixture.distribution, weights,
        {"means": np.zeros((2, 3)), "covariances": map_ @ covariances @ map_.T},
    )  # fmt: skip
    mean = np.einsum("k,kij->ij", weights, covariances)
    expected = np.linalg.eigvals(np.linalg.solve(mean, covariances[1])).real.min()
    assert thinnest(mixture, 1) == pytest.approx(expected, rel=1e-8)
    assert thinnest(moved, 1) == pytest.approx(expected, rel=1e-4)


def test_thinnest_of_diagonal_covariances():
    variances = np.array([[1.0, 1.0], [1.0, 1e-4]])
    mixture = Mixture(
        Gaussian(covariance=VVI()), np.array([0.5, 0.5]),
        {"means": np.zeros((2, 2)), "variances": variances},
    )  # fmt: skip
    assert thinnest(mixture, 1) == pytest.approx(1e-4 / 0.50005, rel=1e-12)
