"""What fits do not depend on: units, origin, axes, order of columns, number type of the rows.

M-steps of families alone: tests/covariances/test_equivariance.py. Here EM runs for 5 iterations
from known classes, so that nothing but the rows says where it starts.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import gmmflow
from gmmflow.covariances.nesting import FAMILIES

ITERATIONS = 5
#: Families whose members are members again in other units of each column, or along other axes.
RESCALED = {"EEI", "VEI", "EVI", "VVI", "EEE", "VEE", "EVV", "VVV"}
TURNED = {"EII", "VII", "EEE", "VEE", "EVE", "VVE", "EEV", "VEV", "EVV", "VVV"}
#: Angles of axes that components share are the best to 1e-9; all else is closed form, or nearly.
SEARCHED = {"EVE": 1e-6, "VVE": 1e-6}


def rows(n, d, seed=0):
    """Three overlapping groups, in columns of unequal units, and which is which."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    x = rng.normal(size=(n, d)) + 2.5 * rng.normal(size=(3, d))[labels]
    return x * 10.0 ** rng.uniform(-1, 1, d), labels


def fit(family, x, labels):
    return gmmflow.fit(
        x, 3, labels=labels, init="labels",
        distribution={"type": "gaussian", "covariance": family},
        convergence=[{"type": "max_iterations", "limit": ITERATIONS}],
    )  # fmt: skip


def assert_moved(model, other, x, tolerance, scale=1.0, shift=0.0, turn=None):
    """`other` is `model` of (turn x) * scale + shift."""
    d = x.shape[1]
    turn = np.eye(d) if turn is None else turn
    scale = np.broadcast_to(scale, d)
    sd = (x @ turn.T).std(axis=0) * scale
    assert_allclose(other.weights, model.weights, atol=tolerance)
    means = model.means @ turn.T * scale + shift
    assert (np.abs(other.means - means) <= tolerance * sd).all()
    covariances = turn @ model.covariances @ turn.T * np.outer(scale, scale)
    assert (np.abs(other.covariances - covariances) <= tolerance * np.outer(sd, sd)).all()
    moved = model.log_likelihood - len(x) * np.log(scale).sum()
    assert other.log_likelihood == pytest.approx(moved, abs=tolerance * len(x))


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(FAMILIES), st.integers(0, 99), st.floats(-9, 9), st.floats(-9, 9),
    st.floats(-1e4, 1e4), st.floats(-1e4, 1e4),
)  # fmt: skip
def test_units_and_origin(family, seed, a, b, s, t):
    """x * scale + shift: rounding it costs eps |shift / sd|, grown by 5 iterations."""
    x, labels = rows(300, 2, seed)
    scale = 10.0 ** np.array([a, b if family in RESCALED else a])
    shift = np.array([s, t]) * x.std(axis=0) * scale
    tolerance = SEARCHED.get(family, 1e-8)
    model, other = fit(family, x, labels), fit(family, x * scale + shift, labels)
    assert_moved(model, other, x, tolerance, scale, shift)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_origin_at_1e8(family):
    """Rows on a grid have all their digits there; means have 8 of theirs behind the point."""
    x, labels = rows(300, 3)
    x = np.round(x / x.std(axis=0) * 2**20) / 2**20
    assert_moved(fit(family, x, labels), fit(family, x + 2.0**27, labels), x, 1e-7, shift=2.0**27)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("family", sorted(TURNED))
def test_rotation(family, seed):
    x, labels = rows(400, 4, seed)
    x /= x.std(axis=0)
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(4, 4)))[0]
    model, other = fit(family, x, labels), fit(family, x @ turn.T, labels)
    assert_moved(model, other, x, SEARCHED.get(family, 1e-10), turn=turn)


@pytest.mark.parametrize("family", FAMILIES)
def test_order_of_columns(family):
    x, labels = rows(400, 4)
    x /= x.std(axis=0)
    turn = np.eye(4)[[2, 0, 3, 1]]
    model, other = fit(family, x, labels), fit(family, x @ turn.T, labels)
    assert_moved(model, other, x, SEARCHED.get(family, 1e-11), turn=turn)


@pytest.mark.parametrize("offset", [0.0, 1e6])
@pytest.mark.parametrize("family", FAMILIES)
def test_single_precision_rows(family, offset):
    """The same rows as float32 and as float64: products of 24 bits, sums of 53, 5 iterations."""
    x, labels = rows(3000, 3)
    x = (x / x.std(axis=0) + offset).astype(np.float32)
    wide = x.astype(float)
    assert_moved(fit(family, wide, labels), fit(family, x, labels), wide - offset, 2e-5)
