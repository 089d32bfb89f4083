"""Moments from the sums of a sweep, against direct sums over rows."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gmmflow.kernels.layouts import Dense, Diagonal, Gram, Pooled, Trace, pair_columns, unpack
from gmmflow.values.mixture import add_statistics

FAMILIES = ["VVV", "EEE", "VVI", "VII"]
LAYOUTS = {"dense": Dense(), "pooled": Pooled(), "diagonal": Diagonal(), "trace": Trace()}
NEEDS = {"VVV": "dense", "EEE": "pooled", "VVI": "diagonal", "VII": "trace"}


def direct(x, resp, family):
    """Counts, means and scatter by the definition."""
    n = resp.sum(axis=1)
    means = (resp @ x) / n[:, None]
    delta = x - means[:, None]
    dense = np.einsum("kb,kbi,kbj->kij", resp, delta, delta)
    scatter = {
        "VVV": dense,
        "EEE": dense.sum(axis=0, keepdims=True),
        "VVI": np.einsum("kii->ki", dense),
        "VII": np.einsum("kii->k", dense)[:, None],
    }[family]
    return n, means, scatter


def collected(kernel, kit, x, resp, centre, weight=None):
    block = kit.block(x, centre, weight)
    block.mass = resp.sum(axis=0)
    into = {}
    kernel.accumulate(block, resp.astype(x.dtype), into)
    return into


@pytest.mark.parametrize("way", ["product", "aside"])
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("k", "d"), [(1, 1), (2, 3), (6, 5)])
def test_sums_are_moments(kit, always, family, k, d, way):
    always(way)
    rng = np.random.default_rng(10 * k + d)
    parameters = kit.components(family, k, d, rng)
    x, resp = rng.normal(size=(150, d)) + 2.0, rng.dirichlet(np.ones(k), 150).T.copy()
    centre = x.mean(axis=0)
    kernel = kit.kernel(family, parameters, np.zeros(k), centre)
    statistics = collected(kernel, kit, x, resp, centre)
    assert ("own_n" in statistics) == (way == "aside")
    layout = LAYOUTS[NEEDS[family]]
    n, shift, scatter = layout.moments(statistics, parameters["means"] - centre)
    expected = direct(x, resp, family)
    assert_allclose(n, expected[0], rtol=1e-13)
    assert_allclose(parameters["means"] + shift, expected[1], rtol=1e-12, atol=1e-13)
    assert_allclose(scatter, expected[2], rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("family", ["VVV", "VVI", "VII"])
def test_some_components_aside_in_some_blocks(kit, family):
    """Sums about the centre and about means merge, for the same component too."""
    rng = np.random.default_rng(3)
    spread = {"VVV": "covariances"}.get(family, "variances")
    unit = {"VVV": np.eye(2), "VVI": np.ones(2), "VII": np.ones(1)}[family]
    parameters = {
        "means": np.array([[0.0, 0.0], [2e4, 0.0], [0.5, 0.0]]),
        spread: np.stack([unit, unit, 1e-8 * unit]),
    }
    near, far = rng.normal(size=(60, 2)), rng.normal(size=(40, 2)) * 1e4
    centre = np.zeros(2)
    kernel = kit.kernel(family, parameters, np.zeros(3), centre)
    assert kernel.far(kit.block(near, centre)).tolist() == [1, 2]
    assert kernel.far(kit.block(far, centre)).tolist() == [0, 1, 2]
    resp = rng.dirichlet(np.ones(3), 100).T.copy()
    given = resp.copy()
    statistics = add_statistics(
        collected(kernel, kit, near, resp[:, :60], centre),
        collected(kernel, kit, far, resp[:, 60:], centre),
    )
    assert (resp == given).all(), "responsibilities are left as they were"
    n, shift, scatter = LAYOUTS[NEEDS[family]].moments(statistics, parameters["means"])
    expected = direct(np.concatenate([near, far]), resp, family)
    assert_allclose(n, expected[0], rtol=1e-13)
    assert_allclose(parameters["means"] + shift, expected[1], rtol=1e-12)
    assert_allclose(scatter, expected[2], rtol=1e-11, atol=1e-11 * np.abs(expected[2]).max())


def test_a_shared_matrix_from_near_and_far_blocks(kit):
    """A block with an outlier is summed about the means, the others about the centre."""
    rng = np.random.default_rng(3)
    parameters = {"means": np.array([[0.0, 0.0], [2.0, 1.0]]), "covariances": np.eye(2)[None]}
    near, far = rng.normal(size=(60, 2)), rng.normal(size=(40, 2)) * 1e4
    centre = np.array([0.5, -0.5])
    kernel = kit.kernel("EEE", parameters, np.zeros(2), centre)
    assert kernel.far(kit.block(near, centre)).tolist() == []
    assert kernel.far(kit.block(far, centre)).tolist() == [0, 1]
    resp = rng.dirichlet(np.ones(2), 100).T.copy()
    statistics = add_statistics(
        collected(kernel, kit, near, resp[:, :60].copy(), centre),
        collected(kernel, kit, far, resp[:, 60:].copy(), centre),
    )
    n, shift, scatter = LAYOUTS["pooled"].moments(statistics, parameters["means"] - centre)
    expected = direct(np.concatenate([near, far]), resp, "EEE")
    assert_allclose(n, expected[0], rtol=1e-13)
    assert_allclose(parameters["means"] + shift, expected[1], rtol=1e-12)
    assert_allclose(scatter, expected[2], rtol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_statistics_of_parts_add_up(kit, family):
    rng = np.random.default_rng(4)
    parameters = kit.components(family, 3, 2, rng)
    x, resp = rng.normal(size=(90, 2)), rng.dirichlet(np.ones(3), 90).T.copy()
    kernel = kit.kernel(family, parameters, np.zeros(3), np.zeros(2))
    whole = collected(kernel, kit, x, resp, np.zeros(2))
    parts = [
        collected(kernel, kit, x[part], resp[:, part].copy(), np.zeros(2))
        for part in (slice(0, 1), slice(1, 40), slice(40, 90))
    ]
    total = add_statistics(add_statistics(parts[0], parts[1]), parts[2])
    assert set(total) == set(whole)
    for name, value in whole.items():
        assert value.dtype == np.float64
        assert_allclose(total[name], value, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("needs", LAYOUTS)
def test_a_component_without_rows_has_no_moments(needs):
    """Zeros, not NaN: the M-step names it."""
    layout = LAYOUTS[needs]
    d = 3
    statistics = {"sums": np.zeros((layout.size(d), 2))}
    statistics["sums"][0, 0] = 5.0
    if needs == "pooled":
        statistics["pooled"] = np.zeros((d, d))
    n, mean, scatter = layout.moments(statistics, None)
    assert n.tolist() == [5.0, 0.0]
    assert (mean == 0.0).all()
    assert (scatter == 0.0).all()


@pytest.mark.parametrize("d", range(1, 8))
def test_every_pair_of_columns_is_there_once_and_unpacks(d):
    i, j = pair_columns(d)
    pairs = {tuple(sorted(pair)) for pair in zip(i.tolist(), j.tolist(), strict=True)}
    assert len(pairs) == len(i) == d * (d + 1) // 2
    matrix = np.arange(d * d, dtype=float).reshape(d, d)
    matrix = matrix + matrix.T
    assert (unpack(matrix[i, j][None], d)[0] == matrix).all()


@pytest.mark.parametrize("needs", LAYOUTS)
def test_number_of_columns_is_found_from_the_sums(needs):
    layout = LAYOUTS[needs]
    for d in (1, 2, 7, 40):
        assert layout.columns(np.zeros((layout.size(d), 3))) == d


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("k", "d"), [(1, 1), (3, 5), (4, 50)])
def test_grams_have_the_moments_of_features(kit, k, d, dtype):
    rng = np.random.default_rng(6)
    x = rng.normal(size=(120, d)).astype(dtype)
    resp = rng.dirichlet(np.ones(k), 120).T.astype(dtype).copy()
    resp[0, :7] = 0.0
    given, block = resp.copy(), kit.block(x, np.full(d, 0.25))
    found = {}
    for layout in (Gram(), Dense()):
        statistics = {}
        layout.add_about_centre(block, resp, statistics)
        layout.add_about_centre(block, resp, statistics)
        found[layout] = layout.moments(statistics, None)
        assert_allclose(layout.counts(statistics), 2.0 * given.sum(axis=1), rtol=1e-5)
    assert (resp == given).all(), "responsibilities are left as they were"
    # Sums of 120 terms in the type of the rows: 100 rounding units is ample.
    units = 100 * np.finfo(dtype).eps
    for one, other in zip(*found.values(), strict=True):
        assert_allclose(one, other, rtol=units, atol=units * 120)


@pytest.mark.parametrize("family", FAMILIES)
def test_features_are_made_once_for_densities_and_sums(kit, family, monkeypatch):
    made = []
    for layout in (Dense, Pooled, Diagonal, Trace):
        squares = layout.squares
        monkeypatch.setattr(
            layout,
            "squares",
            lambda self, *args, squares=squares: made.append(type(self)) or squares(self, *args),
        )
    rng = np.random.default_rng(7)
    x = rng.normal(size=(50, 3))
    kernel = kit.kernel(family, kit.components(family, 4, 3, rng), np.zeros(4), np.zeros(3))
    block, resp = kit.block(x, np.zeros(3)), np.empty((4, 50))
    kernel.log_joint(block, resp)
    kernel.accumulate(block, np.full((4, 50), 0.25), {})
    assert len(made) <= 1
