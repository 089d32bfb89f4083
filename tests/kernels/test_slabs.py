"""The cut products are the plain products."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gmmflow.kernels.slabs import features_times_resp, slab_columns, theta_times_features
from gmmflow.values.block import Workspace

SHAPES = [(4, 6, 32768), (16, 153, 2048), (32, 561, 1024), (1, 3, 32768), (8, 6, 777), (3, 2, 1)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("k", "p", "columns"), SHAPES)
def test_products(k, p, columns, dtype):
    rng = np.random.default_rng(0)
    theta, features = rng.normal(size=(k, p)), rng.normal(size=(p, columns))
    resp = rng.random(size=(k, columns))
    theta, features, resp = (a.astype(dtype) for a in (theta, features, resp))
    # Sums of `columns` (or p) terms in the type of the rows: sqrt(columns) eps, times 10.
    tolerance = 10 * np.finfo(dtype).eps * columns**0.5
    out = np.empty((k, columns), dtype)
    theta_times_features(theta, features, out)
    expected = theta.astype(float) @ features.astype(float)
    assert_allclose(out, expected, rtol=1e-4, atol=tolerance * p**0.5)
    sums = features_times_resp(features, resp, Workspace())
    assert_allclose(
        sums, features.astype(float) @ resp.T.astype(float), rtol=1e-4, atol=tolerance * columns
    )


@pytest.mark.parametrize(("k", "p", "columns"), SHAPES)
def test_slabs_tile_the_block(k, p, columns):
    slab = slab_columns(p, k, columns)
    assert columns % slab == 0
    assert slab == columns or p * k * slab <= 1_000_000


def test_weight_zero_stays_in_its_row():
    theta = np.ones((3, 6))
    theta[1, -1] = -np.inf
    out = np.empty((3, 40))
    theta_times_features(theta, np.ones((6, 40)), out)
    assert (out[1] == -np.inf).all()
    assert (out[[0, 2]] == 6.0).all()


def test_bits_do_not_depend_on_where_the_arrays_lie():
    """Scratch memory is cut from larger buffers: its alignment may not matter."""
    rng = np.random.default_rng(1)
    for k, p, columns in SHAPES:
        theta, features = rng.normal(size=(k, p)), rng.normal(size=(p, columns))
        reference = np.empty((k, columns))
        theta_times_features(theta, features, reference)
        sums = features_times_resp(features, reference, Workspace()).copy()
        for shift in (1, 3):
            moved = np.empty(features.size + shift)[shift:].reshape(features.shape)
            moved[:] = features
            out = np.empty(reference.size + shift)[shift:].reshape(reference.shape)
            theta_times_features(theta, moved, out)
            assert (out == reference).all()
            assert (features_times_resp(moved, out, Workspace()) == sums).all()
