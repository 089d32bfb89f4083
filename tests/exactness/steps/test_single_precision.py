"""Rows in float32: exact to float32 wherever they lie, and sums in float64."""

import numpy as np
import pytest

FAMILIES = ["VVV", "EEE", "VVE", "VVI", "VII"]


@pytest.fixture(params=[0.0, 1e6], ids=["near", "offset 1e6"])
def given_rows(request):
    """Groups of unit spread; at 1e6 a float32 has 4 bits behind the point."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(80, 3)) + np.repeat([[0.0, 0.0, 0.0], [4.0, 1.0, -1.0]], 40, axis=0)
    return (x + request.param).astype(np.float32), request.param


@pytest.mark.parametrize("family", FAMILIES)
def test_one_step(kit, single_steps, family, given_rows):
    x, offset = given_rows
    matrices = np.array([np.eye(3) + 0.3, 1.5 * np.eye(3) - 0.2])
    means = np.array([[0.3, 0.1, 0.0], [3.5, 1.2, -0.8]]) + offset
    mixture = kit.Mixture(x, np.array([0.4, 0.6]), means, kit.given_form(family, matrices))
    single_steps.assert_e_step(mixture, kit.fit(family, mixture, iterations=0))
    model = kit.fit(family, mixture, iterations=1)
    assert model.means.dtype == np.float64
    single_steps.assert_m_step(family, mixture, model)
