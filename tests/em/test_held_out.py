"""Rows that are left out: never seen by the fit, and what it says of them is the criterion."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import gmmflow
from gmmflow.em.held_out import HeldOut
from gmmflow.errors import DataError
from gmmflow.numerics.random import row_uniforms
from gmmflow.values.dataset import Chunk

SEED, FRACTION = 7, 0.3
SELECT = {"criterion": "held_out", "fraction": FRACTION}


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(2)
    return rng.normal(size=(400, 2)) + 5.0 * rng.normal(size=(3, 2))[rng.integers(3, size=400)]


def held_out(n, seed=SEED, fraction=FRACTION):
    return row_uniforms(seed, "held out", 0, 0, n, 1)[:, 0] < fraction


def test_a_share_of_the_rows_whatever_the_spans():
    n = 10_000
    rows, weight = np.zeros((n, 1)), np.arange(n) + 1.0
    part = HeldOut(SEED, FRACTION)
    whole = part.apart(Chunk(0, 0, rows, weight))
    assert 0.28 < np.mean(whole.held_out > 0) < 0.32
    assert_array_equal(whole.sample_weight + whole.held_out, weight)
    assert_array_equal(whole.held_out > 0, held_out(n))
    piece = part.apart(Chunk(0, 0, rows, weight).part(777, 4321))
    assert_array_equal(piece.held_out, whole.held_out[777:4321])
    unweighted = part.apart(Chunk(0, 0, rows))
    assert set(unweighted.held_out + unweighted.sample_weight) == {1.0}


@pytest.mark.parametrize("transform", [(), ("standardize",)])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_criterion_is_the_mean_log_density_of_what_was_left_out(x, transform, weighted):
    weight = np.random.default_rng(0).exponential(size=len(x)) if weighted else None
    model = gmmflow.fit(x, [1, 2, 3, 4], select=SELECT, seed=SEED, transform=transform,
                        sample_weight=weight)  # fmt: skip
    out = held_out(len(x))
    expected = model.score(x[out], None if weight is None else weight[out])
    rows = model.candidates
    (chosen,) = (row for row in rows if row["chosen"])
    assert chosen["held_out"] == pytest.approx(expected, rel=1e-12)
    assert chosen["held_out"] == max(row["held_out"] for row in rows)
    inside = model.score_samples(x[~out])
    total = inside.sum() if weight is None else inside @ weight[~out]
    assert model.log_likelihood == pytest.approx(total, rel=1e-10)


def test_the_fit_sees_nothing_of_them(x):
    """Held-out rows that are moved change the criterion and not one bit of the fit."""
    moved = x.copy()
    moved[held_out(len(x))] *= 3.0
    options = {"select": SELECT, "seed": SEED, "transform": ["standardize"], "restarts": 2}
    a, b = (gmmflow.fit(rows, 3, **options) for rows in (x, moved))
    assert_array_equal(a.means, b.means)
    assert_array_equal(a.covariances, b.covariances)
    assert a.log_likelihood == b.log_likelihood
    assert b.result.fit.held_out < a.result.fit.held_out - 0.5


def test_chunks_and_threads_do_not_matter(x):
    import dask.array as da

    one = gmmflow.fit(x, 3, select=SELECT, seed=SEED)
    two = gmmflow.fit(da.from_array(x, chunks=(97, 2)), 3, select=SELECT, seed=SEED)
    assert two.result.fit.held_out == pytest.approx(one.result.fit.held_out, rel=1e-10)


def test_one_model_has_the_number_too_and_without_there_is_none(x):
    assert gmmflow.fit(x, 2).result.fit.held_out is None
    assert gmmflow.fit(x, 2, select="held_out").result.fit.held_out < 0.0


def test_too_few_rows_to_leave_any_out():
    rows = np.random.default_rng(0).normal(size=(12, 1))
    with pytest.raises(DataError, match="no row was held out") as caught:
        gmmflow.fit(rows, 1, select={"criterion": "held_out", "fraction": 1e-6})
    assert "raise `select.fraction`" in caught.value.remedy
