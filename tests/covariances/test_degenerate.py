"""Scatters for which a family has no maximum: the component is named, and what to do."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmflow
from gmmflow.distributions.normal.collapse import refuse_collapsed
from gmmflow.errors import DegenerateComponent
from gmmflow.plugin.manager import Registry

#: Families in which one component without spread in some direction is one too many.
NEED_EVERY_COMPONENT = {"EVI", "VVI", "VVE", "EVV", "VVV"}
#: Those for which a component needs no more than some spread, somewhere.
NEED_SOME_SPREAD = {"VII", "VEI", "VEE", "EVE", "VEV"}


def m_step(given):
    """The M-step as the Gaussian does it: what a family lets pass is looked at again."""
    form = given.maximize()
    refuse_collapsed(form, np.zeros((len(given.n), given.d)))
    return form


@pytest.fixture
def flat(scatters):
    """Component 1 has no spread in column 2."""

    def make(family):
        given = scatters(family)
        full = given.full.copy()
        full[1, 2, :] = full[1, :, 2] = 0.0
        return replace(given, full=full)

    return make


def test_a_flat_component(family, flat):
    if family.type not in NEED_EVERY_COMPONENT:
        assert m_step(flat(family)).first_singular() is None
        return
    with pytest.raises(DegenerateComponent) as error:
        m_step(flat(family))
    assert error.value.component == 1
    assert "simpler covariance" in error.value.remedy


def test_a_component_on_a_line_that_is_no_axis(family, scatters):
    given = scatters(family)
    line = np.array([1.0, 2.0, -1.0])
    full = given.full.copy()
    full[2] = np.outer(line, line)
    given = replace(given, full=full, n=given.n * [1.0, 1.0, 0.1])
    if family.type in {"VVE", "EVV", "VVV"}:
        with pytest.raises(DegenerateComponent) as error:
            m_step(given)
        assert error.value.component == 2
    else:
        # Axes of equal volume (EVE) need not lie across the line.
        assert np.isfinite(given.criterion(m_step(given)))


def test_a_component_without_any_spread(family, scatters):
    given = scatters(family)
    full = given.full.copy()
    full[0] = 0.0
    given = replace(given, full=full)
    if family.type in NEED_EVERY_COMPONENT | NEED_SOME_SPREAD:
        with pytest.raises(DegenerateComponent) as error:
            m_step(given)
        assert error.value.component == 0
    else:
        assert m_step(given).first_singular() is None


def test_a_constant_column(family, scatters):
    given = scatters(family)
    full = given.full.copy()
    full[:, 1, :] = full[:, :, 1] = 0.0
    given = replace(given, full=full)
    if family.type[1] == "I":
        assert m_step(given).first_singular() is None
    else:
        with pytest.raises(DegenerateComponent):
            m_step(given)


@pytest.mark.parametrize("name", ["EVI", "VVE", "EVV"])
def test_the_family_is_named(name, flat):
    with pytest.raises(DegenerateComponent, match=f"no spread in some direction, where {name}"):
        flat(Registry(discover=False).find("covariances", name)()).maximize()


@pytest.mark.parametrize("name", ["VEI", "VEE", "VEV"])
def test_a_shape_without_a_maximum_is_named(name, scatters):
    given = scatters(Registry(discover=False).find("covariances", name)())
    given.full[:, 1, :] = given.full[:, :, 1] = 0.0
    with pytest.raises(DegenerateComponent, match=f"components share in {name} has no maximum"):
        given.maximize()


@pytest.mark.parametrize("thin", [1e-4, 1e-5, 1e-6])
def test_one_component_of_vee_is_that_of_eee_up_to_condition_numbers_of_1e12(thin):
    """Traces of ill-conditioned scatters have few digits: the volumes stop where they can."""
    z = np.random.default_rng(0).normal(size=(500, 2))
    x = np.stack([z[:, 0], z[:, 0] + thin * z[:, 1]], axis=1)
    vee, eee = (
        gmmflow.fit(x, 1, distribution={"type": "gaussian", "covariance": family})
        for family in ("VEE", "EEE")
    )
    # eps times the condition number in every row's log-determinant.
    eps = np.finfo(float).eps * np.linalg.cond(np.cov(x.T))
    assert_allclose(vee.log_likelihood, eee.log_likelihood, rtol=0, atol=500 * eps + 1e-8)
