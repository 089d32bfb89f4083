"""The Gaussian as an object: what it refuses, samples, maps and counts."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gmmflow.config import build_stage
from gmmflow.errors import DegenerateComponent
from gmmflow.plugin.manager import Registry
from gmmflow.values.moments import measure

REGISTRY = Registry(discover=False)
EVERYTHING = frozenset(["means", "covariances"])
MEANS = np.array([[0.0, 1.0], [5.0, -3.0]])
FORMS = {
    "VVV": {"covariances": np.array([[[2.0, 0.6], [0.6, 1.0]], [[0.5, -0.2], [-0.2, 3.0]]])},
    "EEE": {"covariances": np.array([[[2.0, 0.6], [0.6, 1.0]]])},
    "VVI": {"variances": np.array([[2.0, 1.0], [0.5, 3.0]])},
    "VII": {"variances": np.array([[2.0], [0.5]])},
}


def gaussian(family):
    return build_stage("distributions", {"type": "gaussian", "covariance": family}, REGISTRY)


def parameters(family):
    return {"means": MEANS, **FORMS[family]}


@pytest.mark.parametrize("family", FORMS)
def test_samples_have_the_moments_that_are_said(family):
    """Of 100,000 rows: means within 5 standard errors, covariances within 5 of theirs."""
    distribution, given, size = gaussian(family), parameters(family), 100_000
    matrices = distribution.covariance_matrices(given)
    assert matrices.shape == (2, 2, 2)
    for c in range(2):
        rows = distribution.sample(given, c, size, np.random.default_rng(c))
        sd = np.sqrt(np.diag(matrices[c]))
        assert (np.abs(rows.mean(axis=0) - MEANS[c]) < 5.0 * sd / size**0.5).all()
        error = np.cov(rows.T, bias=True) - matrices[c]
        assert (np.abs(error) < 5.0 * np.outer(sd, sd) * (2.0 / size) ** 0.5).all()
    assert_array_equal(distribution.mean(given), MEANS)


@pytest.mark.parametrize("family", FORMS)
def test_affine_maps_mean_and_covariance(family):
    distribution, given = gaussian(family), parameters(family)
    scale, shift = np.array([2.0, 0.1]), np.array([3.0, -7.0])
    mapped = distribution.affine(given, scale, shift)
    assert_allclose(distribution.mean(mapped), MEANS * scale + shift)
    expected = distribution.covariance_matrices(given) * np.outer(scale, scale)
    assert_allclose(distribution.covariance_matrices(mapped), expected, rtol=1e-15)


def test_spheres_stay_spheres_under_one_scale():
    mapped = gaussian("VII").affine(parameters("VII"), np.full(2, 3.0), np.zeros(2))
    assert mapped["variances"].shape == (2, 1)
    assert gaussian("VII").refuse_parameters(mapped, 2, 2) is None


@pytest.mark.parametrize(
    ("family", "change", "said"),
    [
        ("VVV", {"variances": np.ones((2, 2))}, "gaussian VVV has covariances and means, not"),
        ("VVV", {"means": np.zeros((3, 2))}, r"means has shape \(3, 2\), not \(2, 2\)"),
        ("EEE", {"covariances": np.ones((2, 2, 2))}, r"shape \(2, 2, 2\), not \(1, 2, 2\)"),
        ("VII", {"variances": np.ones((2, 2))}, r"variances has shape \(2, 2\), not \(2, 1\)"),
        ("VVI", {"variances": np.array([[1.0, 0.0], [1.0, 1.0]])}, "variances must be positive"),
        ("VVI", {"means": np.array([[np.nan, 0.0], [1.0, 1.0]])}, "means holds a value that is"),
        ("EEE", {"covariances": np.array([[[1.0, 0.5], [0.4, 1.0]]])}, "must be symmetric"),
        ("EEE", {"covariances": np.ones((1, 2, 2))}, r"covariances\[0\] is not positive definite"),
    ],
)
def test_parameters_that_are_refused(family, change, said):
    import re

    refused = gaussian(family).refuse_parameters(parameters(family) | change, 2, 2)
    assert refused is not None
    assert re.search(said, refused), refused


@pytest.mark.parametrize("family", FORMS)
def test_parameters_that_are_taken(family):
    assert gaussian(family).refuse_parameters(parameters(family), 2, 2) is None


def test_constant_columns_are_refused_where_they_have_no_density():
    rows = np.array([[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]])
    moments = measure(rows)
    for family in ("VVV", "EEE", "VVI"):
        assert gaussian(family).refuse(("a", "b"), moments) == "constant column: b"
    assert gaussian("VII").refuse(("a", "b"), moments) is None


def statistics_of(family, rows, resp, about=None):
    """Sums of given responsibilities, by the collector."""
    from gmmflow.values.block import Workspace, blocks, cut
    from gmmflow.values.dataset import Chunk

    centre = rows.mean(axis=0)
    kernel = gaussian(family).collector(len(resp), centre, about)
    size, room = cut(kernel.shape, rows.shape[1])
    block = next(blocks(rows, Chunk(0, 0, rows), centre, Workspace(), size, room))
    block.mass = resp.sum(axis=0)
    into = {}
    kernel.accumulate(block, resp, into)
    return into, centre


@pytest.mark.parametrize("family", FORMS)
def test_collecting_about_the_centre_or_about_means_is_the_same(family):
    rng = np.random.default_rng(0)
    rows, resp = rng.normal(size=(80, 2)), rng.dirichlet(np.ones(2), 80).T.copy()
    plain, centre = statistics_of(family, rows, resp)
    assert gaussian(family).refine(plain, centre) is None
    about = {"means": rng.normal(size=(2, 2))}
    better, _ = statistics_of(family, rows, resp, about)
    assert_allclose(gaussian(family).counts(plain), resp.sum(axis=1), rtol=1e-13)
    assert_allclose(gaussian(family).counts(better), resp.sum(axis=1), rtol=1e-13)
    a = gaussian(family).maximize(plain, centre, None, EVERYTHING)
    b = gaussian(family).maximize(better, centre, about, EVERYTHING)
    for name, value in a.items():
        assert_allclose(b[name], value, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("family", FORMS)
def test_groups_far_apart_are_collected_again_and_exactly(family):
    """Two unit groups 1e7 apart: about their common centre a variance keeps 2 digits."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(100, 2)) + np.repeat([[0.0, 0.0], [1e7, 1e7]], 50, axis=0)
    resp = np.repeat([[1.0, 0.0], [0.0, 1.0]], 50, axis=0).T.copy()
    plain, centre = statistics_of(family, rows, resp)
    about = gaussian(family).refine(plain, centre)
    assert about is not None
    better, _ = statistics_of(family, rows, resp, about)
    found = gaussian(family).maximize(better, centre, about, EVERYTHING)
    matrices = gaussian(family).covariance_matrices(found)
    first = np.cov(rows[:50].T, bias=True)
    expected = {"VVV": first, "VVI": np.diag(np.diag(first)), "VII": np.eye(2) * first.trace() / 2}
    if family in expected:
        assert_allclose(matrices[0], expected[family], rtol=1e-12, atol=1e-13)
    else:
        both = (first + np.cov(rows[50:].T, bias=True)) / 2.0
        assert_allclose(matrices[0], both, rtol=1e-12, atol=1e-13)


def test_a_thin_direction_is_noticed_though_no_column_is_thin():
    """Unit columns that differ by 1e-5: about a centre 1e3 away their difference has no digit."""
    rng = np.random.default_rng(0)
    along, across = rng.normal(size=(100, 1)), 1e-5 * rng.normal(size=(100, 1))
    rows = np.concatenate([along + across, along - across], axis=1)
    rows[50:] += 2e3
    resp = np.repeat([[1.0, 0.0], [0.0, 1.0]], 50, axis=0).T.copy()
    plain, centre = statistics_of("VVV", rows, resp)
    about = gaussian("VVV").refine(plain, centre)
    assert about is not None
    better, _ = statistics_of("VVV", rows, resp, about)
    found = gaussian("VVV").maximize(better, centre, about, EVERYTHING)["covariances"]
    difference = rows[:50, 0] - rows[:50, 1]
    thin = found[0, 0, 0] - 2.0 * found[0, 0, 1] + found[0, 1, 1]
    assert thin == pytest.approx(difference.var(), rel=1e-4)  # eps / (1e-5)^2, times 50


@pytest.mark.parametrize(
    ("resp", "component", "said"),
    [
        (np.array([[1.0] * 6, [0.0] * 6]), 1, "it emptied: its expected number of rows fell to 0"),
        (
            np.array([[1.0] * 4 + [0.0] * 2, [0.0] * 4 + [1.0] * 2]),
            1,
            r"it collapsed: its covariance is singular \(smallest eigenvalue",
        ),
    ],
    ids=["emptied", "collapsed"],
)
@pytest.mark.parametrize("family", ["VVV", "VVI", "VII"])
def test_degenerate_components_are_named_with_a_remedy(family, resp, component, said):
    rows = np.random.default_rng(0).normal(size=(6, 2))
    rows[4:] = 1.5
    statistics, centre = statistics_of(family, rows, resp)
    with pytest.raises(DegenerateComponent, match=said) as caught:
        gaussian(family).maximize(statistics, centre, None, EVERYTHING)
    assert caught.value.component == component
    assert "try fewer components" in caught.value.remedy


def test_change_is_in_standard_deviations_of_the_columns():
    spread = np.array([10.0, 0.1])
    old = parameters("VVV")
    new = {name: value.copy() for name, value in old.items()}
    new["means"][1, 1] += 0.02
    assert gaussian("VVV").change(old, new, spread) == pytest.approx(0.2)
    new["covariances"][0, 0, 1] += 0.5
    assert gaussian("VVV").change(old, new, spread) == pytest.approx(0.5)
    old = parameters("VII")
    new = old | {"variances": old["variances"] + 0.001}
    assert gaussian("VII").change(old, new, spread) == pytest.approx(0.1)
