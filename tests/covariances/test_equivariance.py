"""Rows in other units, turned, or in numbers of any size."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gmmflow.covariances.nesting import FAMILIES, nested
from gmmflow.plugin.manager import Registry
from gmmflow.testing.covariances import Scatters
from gmmflow.values.forms import Rotated

#: Families that do not mind how columns are turned, and which units each of them has.
TURNED = ["EII", "VII", "EEE", "VEE", "EVE", "VVE", "EEV", "VEV", "EVV", "VVV"]
RESCALED = ["EEI", "VEI", "EVI", "VVI", "EEE", "VEE", "EVV", "VVV"]


def matrices(given):
    return given.maximize().matrices(len(given.n), given.d)


@pytest.mark.parametrize("factor", [1e-12, 1e-3, 1e12])
def test_a_scale_of_all_columns(family, scatters, factor):
    given = scatters(family)
    after = matrices(replace(given, full=given.full * factor**2)) / factor**2
    assert_allclose(after, matrices(given), atol=1e-8 * np.abs(after).max())


def test_a_rotation(family, scatters):
    given = scatters(family)
    turn = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0]
    turned = turn @ matrices(given) @ turn.T
    after = matrices(replace(given, full=turn @ given.full @ turn.T))
    if family.type in TURNED:
        assert_allclose(after, turned, atol=1e-7 * np.abs(turned).max())
    else:
        assert np.abs(after - turned).max() > 0.01 * np.abs(turned).max()


def test_scales_of_single_columns(family, scatters):
    given = scatters(family)
    scale = np.diag([1e-3, 1.0, 1e2])
    after = matrices(replace(given, full=scale @ given.full @ scale))
    back = np.linalg.inv(scale) @ after @ np.linalg.inv(scale)
    same = np.allclose(back, matrices(given), rtol=1e-6, atol=1e-6 * np.abs(matrices(given)).max())
    assert same == (family.type in RESCALED)


@pytest.mark.parametrize(("k", "d"), [(1, 1), (1, 5), (4, 1), (2, 60)])
def test_all_sizes(family, scatters, k, d):
    given = scatters(family, k, d)
    form = given.maximize()
    # The trace part of the criterion is n d at any maximum that can be scaled.
    assert np.isfinite(form.eigenvalues()).all()
    trace = np.trace(np.linalg.solve(form.matrices(k, d), given.full), axis1=1, axis2=2).sum()
    assert trace == pytest.approx(given.n.sum() * d, rel=1e-8)
    if k == 1:
        full = given.full[0] / given.n[0]
        letters = family.type[1:]
        expected = {
            "II": np.eye(d) * np.trace(full) / d,
            "EI": np.diag(np.diag(full)),
            "VI": np.diag(np.diag(full)),
        }.get(letters, full)
        assert_allclose(form.matrices(1, d)[0], expected, atol=1e-8 * np.abs(full).max())


def test_two_hundred_columns(family, scatters):
    # Products of 200 variances of this size are beyond the range of numbers; logs are not. Axes are
    # followed from those of the columns, as they are from one iteration to the next.
    given = scatters(family, 2, 200, spread=0.1)
    given = replace(given, full=given.full * 1e10)
    previous = None
    if family.type in {"EVE", "VVE"}:
        previous = Rotated(np.eye(200)[None], np.ones((2, 200)))
    logs = np.log(given.maximize(previous).eigenvalues()) * np.ones(200)
    assert np.isfinite(logs).all()
    # A determinant would overflow.
    assert (logs.sum(axis=1) > np.log(np.finfo(float).max)).all()


@pytest.mark.parametrize("orders", [6, 12])
def test_components_of_very_different_volumes(family, scatters, orders):
    given = scatters(family)
    factor = 10.0 ** np.array([-orders, 0.0, orders])
    spread = replace(given, full=given.full * factor[:, None, None])
    form = spread.maximize()
    assert np.isfinite(spread.criterion(form))
    if family.type.startswith("V"):
        after = form.matrices(3, 3) / factor[:, None, None]
        assert_allclose(after, matrices(given), atol=1e-7 * np.abs(after).max())


def test_a_larger_family_is_never_less_likely():
    registry = Registry(discover=False)
    rng = np.random.default_rng(9)
    n = rng.uniform(20.0, 200.0, 3)
    root = rng.normal(size=(3, 4, 7))
    full = n[:, None, None] * root @ root.transpose(0, 2, 1)
    best = {}
    for name in FAMILIES:
        given = Scatters(registry.find("covariances", name)(), n, full)
        best[name] = given.criterion(given.maximize())
    for smaller in FAMILIES:
        for larger in FAMILIES:
            if nested(smaller, larger):
                assert best[larger] <= best[smaller] + 1e-9 * abs(best[smaller])
