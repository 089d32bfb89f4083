"""The laws of every initializer, and what this one promises."""

from pathlib import Path

import numpy as np
import pytest
from gmmflow_sobol.points import Points, distinct_rows_near, rows_of_each

import gmmflow
from gmmflow.covariances.vvv import VVV
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.errors import DataError
from gmmflow.initializers.base import StartContext
from gmmflow.plugin.manager import Registry
from gmmflow.testing import pytest_checks
from gmmflow.values.moments import measure

test_laws = pytest_checks(Points)
test_laws_without_scrambling = pytest_checks(Points(scramble=False, draws=2))
test_laws_with_one_draw = pytest_checks(Points(draws=1, scale="none"))


def context(rows, start=0, seed=0):
    """What an initializer sees of these rows."""
    return StartContext(
        names=tuple(f"x{i}" for i in range(rows.shape[1])),
        moments=measure(rows),
        label_names=(),
        folder=Path(),
        seed=seed,
        start=start,
        sample=lambda m: (rows[:m], np.ones(len(rows[:m]))),
        to_model=None,
    )


def seeds(rows, k, start=0, seed=0, **options):
    return Points(**options).start(k, Gaussian(covariance=VVV()), context(rows, start, seed)).seeds


BOX = np.random.default_rng(0).uniform([0.0, -5.0], [1.0, 5.0], (4000, 2))


def test_it_is_found_by_its_name():
    assert Registry().find("initializers", "sobol.points") is Points


def test_points_lie_in_the_box_of_the_data_and_cover_it():
    points = seeds(BOX, 64)
    assert (points >= BOX.min(axis=0)).all()
    assert (points <= BOX.max(axis=0)).all()
    # A power of two of scrambled Sobol points has the same number in each half of each column.
    middle = (BOX.min(axis=0) + BOX.max(axis=0)) / 2
    assert (points < middle).sum(axis=0).tolist() == [32, 32]


def test_the_plain_sequence_begins_in_the_middle_and_goes_on_with_the_restarts():
    cube = np.array([[0.0, 0.0], [1.0, 1.0], *np.random.default_rng(1).random((500, 2))])
    plain = {"scramble": False, "draws": 1}
    assert seeds(cube, 3, **plain).tolist() == [[0.5, 0.5], [0.75, 0.25], [0.25, 0.75]]
    assert seeds(cube, 3, start=1, **plain)[0].tolist() == [0.375, 0.375]
    assert (seeds(cube, 3, seed=1, **plain) == seeds(cube, 3, seed=2, **plain)).all()


def test_more_draws_never_cover_worse():
    rows = np.random.default_rng(2).normal(size=(2000, 2))
    units = rows.std(axis=0)
    covered = [
        rows_of_each(seeds(rows, 5, draws=draws), rows, np.ones(len(rows)), units).min()
        for draws in (1, 4, 64)
    ]
    assert covered == sorted(covered)
    assert covered[-1] > covered[0]


def test_where_a_point_has_no_rows_all_of_them_move_to_rows():
    # Two far groups in twenty columns: the box between them is empty.
    rng = np.random.default_rng(3)
    rows = np.concatenate([rng.normal(0, 1, (100, 20)), rng.normal(1000, 1, (100, 20))])
    points = seeds(rows, 6)
    assert all((rows == point).all(axis=1).any() for point in points)
    assert len(np.unique(points, axis=0)) == 6


def test_a_row_is_taken_once():
    rows = np.array([[0.0], [0.0], [1.0], [5.0]])
    found = distinct_rows_near(np.array([[0.1], [0.2], [0.3]]), rows, np.ones(1))
    assert found.tolist() == [[0.0], [1.0], [5.0]]


def test_fewer_distinct_rows_than_components_are_refused():
    rows = np.repeat([[0.0, 1.0], [2.0, 3.0]], 50, axis=0)
    with pytest.raises(DataError, match="only 2 distinct rows"):
        seeds(rows, 3)


def test_old_faithful_reaches_its_optimum(tmp_path):
    result = gmmflow.run(
        {
            "version": 1,
            "data": {"type": "builtin", "name": "old_faithful"},
            "model": {"components": 2},
            "init": {"type": "sobol.points"},
            "report": [],
            "output": str(tmp_path / "run"),
        }
    )
    assert result.result.fit.log_likelihood == pytest.approx(-1130.26396, abs=1e-4)
