"""Rotations of two axes: every pair is played, and its angle is the best there is."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from gmmflow.numerics import pairs


@pytest.mark.parametrize("d", [1, 2, 3, 6, 7, 31])
def test_every_pair_plays_once_and_no_axis_twice_a_round(d):
    rounds = pairs.disjoint_rounds(d)
    played = [pair for one, two in rounds for pair in zip(one.tolist(), two.tolist(), strict=True)]
    assert sorted(played) == list(itertools.combinations(range(d), 2))
    for one, two in rounds:
        assert len({*one, *two}) == 2 * len(one)


def random_blocks(seed, k):
    """Variances and covariances (k, 1) of two axes."""
    root = np.random.default_rng(seed).normal(size=(k, 2, 2))
    matrices = root @ root.transpose(0, 2, 1)
    return matrices, (matrices[:, :1, 0], matrices[:, 1:, 1], matrices[:, :1, 1])


@given(st.integers(0, 10_000), st.integers(1, 5), st.floats(-3.0, 3.0))
def test_products_of_variances_along_turned_axes(seed, k, t):
    matrices, blocks = random_blocks(seed, k)
    axes = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    turned = axes.T @ matrices @ axes
    x, y = pairs.products(*blocks)
    z = 1.0 + x * (1.0 - np.cos(4 * t)) - y * np.sin(4 * t)
    product = turned[:, 0, 0] * turned[:, 1, 1] / (blocks[0] * blocks[1])[:, 0]
    assert_allclose(z[:, 0], product, rtol=1e-6)


@pytest.mark.parametrize("power", [0.0, 0.2, 0.5])
@pytest.mark.parametrize("k", [1, 2, 5])
@pytest.mark.parametrize("seed", [*range(15), 1084])  # 1084: a narrow well
def test_the_best_angles_end_where_a_fine_grid_does(seed, k, power):
    matrices, _ = random_blocks(seed, k)
    weight = np.random.default_rng(seed).uniform(0.1, 1.0, (k, 1))

    def criterion(t):
        cos, sin = np.cos(t), np.sin(t)
        axes = np.array([[cos, -sin], [sin, cos]])
        z = np.prod(np.einsum("kii->ki", axes.T @ matrices @ axes), axis=1)
        z = z / np.prod(np.einsum("kii->ki", matrices), axis=1)
        return float(weight[:, 0] @ (np.log(z) if power == 0.0 else (z**power - 1.0) / power))

    total, turned, factor = 0.0, matrices, weight
    for _ in range(30):
        a, c, b = turned[:, :1, 0], turned[:, 1:, 1], turned[:, :1, 1]
        (angle,), (gain,) = pairs.best_angles(factor, *pairs.products(a, c, b), power)
        assert gain >= 0.0
        assert criterion(total + angle) == pytest.approx(criterion(total) - gain, abs=1e-7)
        total += angle
        cos, sin = np.cos(total), np.sin(total)
        axes = np.array([[cos, -sin], [sin, cos]])
        turned = axes.T @ matrices @ axes
        # Of a power, the part that later turns do not change is a weight.
        before, now = (np.prod(np.einsum("kii->ki", m), axis=1) for m in (matrices, turned))
        factor = weight * ((now / before) ** power)[:, None]
    grid = min(criterion(t) for t in np.linspace(0.0, np.pi / 2, 400))
    assert criterion(total) <= grid + 1e-9


def test_rotating_axes_keeps_what_they_show():
    rng = np.random.default_rng(0)
    root = rng.normal(size=(3, 5, 5))
    scatter = root @ root.transpose(0, 2, 1)
    axes = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    rotated = axes.T @ scatter @ axes
    pairs.rotate(rotated, axes, np.array([0, 2]), np.array([3, 4]), np.array([0.3, -1.0]))
    assert_allclose(axes.T @ axes, np.eye(5), atol=1e-14)
    assert_allclose(rotated, axes.T @ scatter @ axes, atol=1e-13)


def test_flat_diagonals_have_logarithms():
    found = pairs.positive_diagonals(np.array([np.diag([4.0, 0.0]), np.zeros((2, 2))]))
    assert found[0, 0] == 4.0
    assert np.isfinite(np.log(found)).all()
