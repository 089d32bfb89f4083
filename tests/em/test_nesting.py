"""No model ends below one inside it: where it did, it starts again from there, and that is said."""

import numpy as np
import pytest

import gmmflow
from gmmflow.config import build_stage
from gmmflow.covariances.nesting import FAMILIES, nested
from gmmflow.values.mixture import Mixture

DATA = f"{gmmflow.__path__[0]}/data"


@pytest.fixture(scope="module")
def iris():
    return np.loadtxt(f"{DATA}/iris.csv", delimiter=",", skiprows=1, usecols=range(4))


@pytest.fixture(scope="module")
def chosen(iris):
    return gmmflow.fit(iris, [2, 3, 4], distribution={"type": "gaussian", "covariance": "all"})


def ends(model):
    """Best objective by (components, family)."""
    return {
        (m.n_components, m.fits[0].distribution.covariance.type): m.best.trace[-1].objective
        for m in model.result.models
        if m.best is not None
    }


def test_every_family_ends_at_least_as_high_as_those_inside_it(chosen):
    found = ends(chosen)
    assert len(found) >= 3 * 14 - 2
    pairs = [
        (found[k, large] - found[k, small], k, small, large)
        for k in (2, 3, 4)
        for small in FAMILIES
        for large in FAMILIES
        if nested(small, large) and (k, small) in found and (k, large) in found
    ]
    assert min(pairs)[0] >= -1e-8 * 150, min(pairs)


def test_what_was_repaired_is_said(chosen):
    again = [fit for fit in chosen.result.fits if fit.inside is not None]
    assert again, "from one start, some family ends too low on these rows"
    for fit in again:
        inside = chosen.result.fits[fit.inside]
        assert nested(inside.distribution.covariance.type, fit.distribution.covariance.type)
        if fit.usable:
            assert fit.trace[0].objective >= inside.trace[-1].objective - 1e-9
            assert (np.diff([s.objective for s in fit.trace]) >= -1e-7).all()
    (note,) = (n for n in chosen.result.notes if "inside" in n)
    assert note.startswith("ended below a smaller model inside, and was repaired by a start from")
    assert f"{again[0].n_components} components of {again[0].distribution.label} (inside: " in note


def test_repaired_mixtures_are_in_the_form_of_their_own_family(chosen):
    for fit in chosen.result.fits:
        if fit.inside is not None and fit.mixture is not None:
            shapes = fit.distribution.covariance.shapes(fit.n_components, 4)
            assert {n: v.shape for n, v in fit.mixture.parameters.items() if n != "means"} == shapes


@pytest.mark.parametrize(("small", "large"), [(a, b) for a in FAMILIES for b in FAMILIES])
def test_what_is_embedded_has_the_same_density(small, large):
    def law(family, **options):
        covariance = {"type": family, **options}
        return build_stage("distributions", {"type": "gaussian", "covariance": covariance})

    rng = np.random.default_rng(0)
    k, d = 2, 3
    shapes = law(small).covariance.shapes(k, d)
    arrays = {}
    for name, shape in shapes.items():
        if name == "variances":
            arrays[name] = rng.uniform(1.0, 2.0, shape)
        elif name == "orientation":
            arrays[name] = np.linalg.qr(rng.normal(size=(d, d)))[0][None]
        else:
            root = rng.normal(size=shape)
            arrays[name] = root @ root.transpose(0, 2, 1) + np.eye(d)
    parameters = {"means": rng.normal(size=(k, d)), **arrays}
    wider = law(large).embed(law(small), parameters)
    assert (wider is not None) == nested(small, large)
    assert law(large, floor=1e-3).embed(law(small), parameters) is None
    if wider is not None:
        before = Mixture(law(small), np.array([0.3, 0.7]), parameters)
        after = Mixture(law(large), np.array([0.3, 0.7]), wider)
        a = before.distribution.covariance_matrices(before.parameters)
        b = after.distribution.covariance_matrices(after.parameters)
        np.testing.assert_allclose(a, b, rtol=1e-15)


def test_means_alone_are_not_compared(iris):
    """Where covariances keep their start, a larger family need not end higher."""
    model = gmmflow.fit(iris, 3, distribution={"type": "gaussian", "covariance": "all"},
                        m_step={"type": "ml", "update": ["means"]})  # fmt: skip
    assert all(fit.inside is None for fit in model.result.fits)
