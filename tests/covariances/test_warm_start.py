"""A start from another iteration, or from another family, costs no likelihood."""

import numpy as np
import pytest

from gmmflow.covariances.nesting import FAMILIES, nested
from gmmflow.covariances.vve import VVE
from gmmflow.plugin.manager import Registry
from gmmflow.testing.covariances import Scatters

REGISTRY = Registry(discover=False)


@pytest.mark.parametrize("other", FAMILIES)
def test_from_any_form(family, scatters, other):
    for seed in range(2):
        given = scatters(family, 3, 4, seed=seed)
        neighbour = given.moved(0.2, np.random.default_rng(seed))
        source = REGISTRY.find("covariances", other)()
        previous = Scatters(source, neighbour.n, neighbour.full).maximize()
        found = given.criterion(given.maximize(previous))
        allowed = 1e-12 * abs(found)
        if other == family.type or nested(other, family.type):
            assert found <= given.criterion(previous) + allowed
        cold = given.criterion(given.maximize())
        assert found <= cold + 1e-9 * abs(cold)


def test_axes_are_followed_over_many_small_moves(scatters):
    given = scatters(VVE(), 4, 6, seed=1)
    form, rng = given.maximize(), np.random.default_rng(2)
    for _ in range(10):
        given = given.moved(0.02, rng)
        before, form = form, given.maximize(form)
        assert given.criterion(form) <= given.criterion(before)
        axes = form.orientation[0]
        np.testing.assert_allclose(axes.T @ axes, np.eye(6), atol=1e-14)
        assert (np.diff(form.variances.T @ given.n) <= 0.0).all()


def test_axes_given_by_hand_need_not_be_exact(scatters):
    given = scatters(VVE(), 2, 3)
    form = given.maximize()
    rough = type(form)(np.round(form.orientation, 7), form.variances)
    again = given.maximize(rough).orientation[0]
    np.testing.assert_allclose(again.T @ again, np.eye(3), atol=1e-14)
