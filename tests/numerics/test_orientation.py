"""Shared axes, against a search through all rotations in two and three dimensions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from scipy.spatial.transform import Rotation

from gmmflow.numerics import orientation
from gmmflow.numerics.orientation import shared_axes, turn


def random_scatters(seed, k, d, spread=1.0):
    rng = np.random.default_rng(seed)
    n = rng.uniform(10.0, 300.0, k)
    root = rng.normal(size=(k, d, d + 2)) * np.exp(spread * rng.normal(size=(k, d, 1)))
    turned = np.linalg.qr(rng.normal(size=(k, d, d)))[0] @ root
    return n, n[:, None, None] * turned @ turned.transpose(0, 2, 1)


def criterion(n, scatter, axes, equal):
    """Written anew: minus twice the log-likelihood of the best member with these axes, but n d."""
    t = np.einsum("ji,kjl,li->ki", axes, scatter, axes)
    if not equal:
        return float((n[:, None] * np.log(t / n[:, None])).sum())
    volume = np.exp(np.log(t).mean(axis=1)).sum() / n.sum()
    return float(n.sum() * t.shape[1] * np.log(volume))


def starts(scatter):
    return [np.eye(scatter.shape[1]), *np.linalg.eigh(scatter)[1]]


@pytest.mark.parametrize("equal", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_two_dimensions_by_brute_force(seed, equal):
    n, scatter = random_scatters(seed, 2 + seed % 3, 2)
    found = criterion(n, scatter, shared_axes(n, scatter, starts(scatter), equal), equal)

    def at(angle):
        cos, sin = np.cos(angle), np.sin(angle)
        return criterion(n, scatter, np.array([[cos, -sin], [sin, cos]]), equal)

    grid = np.linspace(0.0, np.pi / 2, 721)
    lowest = min(grid, key=at)
    best = minimize(lambda p: at(p[0]), [lowest], method="Nelder-Mead", options={"xatol": 1e-9})
    assert found == pytest.approx(best.fun, rel=1e-12)


@pytest.mark.parametrize("equal", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_three_dimensions_by_brute_force(seed, equal):
    n, scatter = random_scatters(seed, 3, 3)
    found = criterion(n, scatter, shared_axes(n, scatter, starts(scatter), equal), equal)

    def at(vector):
        return criterion(n, scatter, Rotation.from_rotvec(vector).as_matrix(), equal)

    tried = Rotation.random(1500, np.random.default_rng(1)).as_rotvec()
    lowest = sorted(tried, key=at)[:3]
    options = {"xatol": 1e-9, "fatol": 1e-10, "maxiter": 2000}
    best = min(minimize(at, v, method="Nelder-Mead", options=options).fun for v in lowest)
    assert found == pytest.approx(best, rel=1e-11)


@pytest.mark.parametrize("equal", [False, True])
def test_at_the_end_no_rotation_of_two_axes_helps(equal):
    n, scatter = random_scatters(3, 4, 9)
    axes = shared_axes(n, scatter, starts(scatter), equal)
    assert_allclose(axes.T @ axes, np.eye(9), atol=1e-14)
    lowest = criterion(n, scatter, axes, equal)
    for i in range(9):
        for j in range(i):
            for angle in np.linspace(-np.pi / 4, np.pi / 4, 41):
                turned = axes.copy()
                turned[:, i] = np.cos(angle) * axes[:, i] + np.sin(angle) * axes[:, j]
                turned[:, j] = np.cos(angle) * axes[:, j] - np.sin(angle) * axes[:, i]
                assert criterion(n, scatter, turned, equal) >= lowest - 1e-9 * abs(lowest)


@pytest.mark.parametrize("equal", [False, True])
@pytest.mark.parametrize("d", [2, 5, 12])
def test_neither_sweeps_nor_descents_ascend(d, equal):
    for seed in range(5):
        n, scatter = random_scatters(seed, 3, d, spread=3.0)
        state = turn(n, scatter, equal, np.linalg.qr(scatter[0])[0])
        for step in (orientation._sweep, lambda s: orientation._descend(s, 3)) * 4:
            after = step(state)
            assert after.value <= state.value + 1e-12 * (abs(state.value) + n.sum() * d)
            assert after.value == pytest.approx(turn(n, scatter, equal, after.axes).value)
            state = after


@pytest.mark.parametrize("equal", [False, True])
def test_the_slopes_are_those_of_the_criterion(equal):
    n, scatter = random_scatters(1, 3, 4)
    state = turn(n, scatter, equal, np.eye(4))
    gradient, _ = orientation._slopes(state)
    step = 1e-5
    for index in range(6):
        angles = np.zeros(6)
        angles[index] = step
        ahead, behind = (
            turn(n, scatter, equal, orientation._rotation(a, 4)).value for a in (angles, -angles)
        )
        assert (ahead - behind) / (2 * step) == pytest.approx(gradient[index], rel=1e-6, abs=1e-3)


@pytest.mark.parametrize("equal", [False, True])
def test_axes_that_all_share_are_found(equal):
    rng = np.random.default_rng(5)
    axes = np.linalg.qr(rng.normal(size=(20, 20)))[0]
    variances = rng.uniform(0.1, 10.0, (6, 20))
    scatter = (axes * variances[:, None, :]) @ axes.T
    n = np.full(6, 50.0)
    found = shared_axes(n, scatter, [np.eye(20)], equal)
    overlap = np.abs(found.T @ axes)
    assert_allclose(np.sort(overlap.max(axis=0)), 1.0, atol=1e-9)


def test_a_warm_start_near_the_end_is_followed():
    n, scatter = random_scatters(2, 3, 6)
    axes = shared_axes(n, scatter, starts(scatter), equal=False)
    near = axes @ orientation._rotation(np.full(15, 1e-3), 6)
    again = shared_axes(n, scatter, [near], equal=False)
    assert_allclose(np.abs(again.T @ axes), np.eye(6), atol=1e-7)
