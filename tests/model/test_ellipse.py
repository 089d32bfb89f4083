"""Ellipses of components."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gmmflow.errors import DataError


def distances(mean, covariance, points):
    off = points - mean
    return np.sqrt(np.einsum("mi,ij,mj->m", off, np.linalg.inv(covariance), off))


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_an_ellipse_holds_its_share_of_the_rows(density, level):
    n = 20_000
    rows, components = density.sample(n, seed=4)
    for each in density.ellipses(level, columns=("d", "b")):
        mine = rows[components == each.component][:, [3, 1]]
        covariance = density.covariances[each.component][np.ix_([3, 1], [3, 1])]
        distance = distances(each.centre, covariance, each.points)
        assert_allclose(distance, distance[0], rtol=1e-12)
        inside = distances(each.centre, covariance, mine) < distance[0]
        error = np.sqrt(level * (1 - level) / len(mine))
        assert abs(inside.mean() - level) < 5 * error


def test_axes_and_angle_are_those_of_the_eigenvectors(density):
    for each in density.ellipses(0.95, columns=[0, 2]):
        covariance = density.covariances[each.component][np.ix_([0, 2], [0, 2])]
        values, vectors = np.linalg.eigh(covariance)
        assert_array_equal(each.centre, density.means[each.component, [0, 2]])
        assert_allclose(each.axes, np.sqrt(5.991464547107979 * values[::-1]), rtol=1e-12)
        along = np.array([np.cos(each.angle), np.sin(each.angle)])
        if values[1] > values[0] * (1.0 + 1e-12):
            assert abs(along @ vectors[:, 1]) == pytest.approx(1.0, abs=1e-12)
        # The outline is the ellipse of just these axes.
        off = each.points - each.centre
        on_axes = np.column_stack([off @ along, off @ [-along[1], along[0]]]) / each.axes
        assert_allclose(np.square(on_axes).sum(axis=1), 1.0, rtol=1e-12)


def test_the_outline_is_closed_and_as_fine_as_asked(random_density):
    density = random_density("VVV")
    assert len(density.ellipses()[0].points) == 73
    for each in density.ellipses(points=5):
        assert each.points.shape == (5, 2)
        assert_array_equal(each.points[0], each.points[-1])
        spread = np.linalg.norm(np.diff(each.points, axis=0), axis=1)
        assert (spread > 0.0).all()


def test_columns_the_other_way_round_mirror_the_ellipse(random_density):
    density = random_density("VVV")
    for one, other in zip(
        density.ellipses(columns=["a", "b"]), density.ellipses(columns=["b", "a"]), strict=True
    ):
        assert_array_equal(one.centre, other.centre[::-1])
        assert_allclose(one.axes, other.axes, rtol=1e-13)
        turned = (one.angle + other.angle - np.pi / 2) / np.pi
        assert turned == pytest.approx(round(turned), abs=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": 1.0}, "level must lie between 0 and 1, is 1.0"),
        ({"level": 0}, "level must lie between 0 and 1, is 0"),
        ({"level": float("nan")}, "level must lie between 0 and 1, is nan"),
        ({"points": 2}, "points must be at least 3, is 2"),
        ({"columns": ["a", "b", "c"]}, "an ellipse is drawn in 2 columns, not 3"),
        ({"columns": ["a", "a"]}, "column 'a' is named twice"),
    ],
)
def test_wrong_options_are_refused(random_density, options, message):
    with pytest.raises(DataError, match=message):
        random_density("VVV").ellipses(**options)


def test_one_column_has_no_ellipse(random_density):
    with pytest.raises(DataError, match="an ellipse needs two columns, and the model has 1"):
        random_density("VVV").marginal("a").ellipses()
