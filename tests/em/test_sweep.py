"""One pass for all candidates: weights and labels are its business, not the kernels'."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gmmflow.e_steps.hard import Hard
from gmmflow.e_steps.soft import Soft
from gmmflow.em.frame import Frame
from gmmflow.em.sweep import Expectation, Start, Sweep, add_all
from gmmflow.initializers.labels import LabelRule
from gmmflow.values.block import block_rows
from gmmflow.values.dataset import Chunk

D = 100
N = 2 * block_rows(D) + 10


@dataclass(frozen=True)
class Columns:
    """Log joint densities are the first k columns; statistics the sums of resp and of mass."""

    k: int

    @property
    def shape(self):
        return self.k, D

    def log_joint(self, block, out):
        out[:] = block.x[: self.k]

    def accumulate(self, block, resp, into):
        mass = np.full(len(block), 1.0) if block.mass is None else block.mass
        for name, value in (("n", resp.sum(axis=1)), ("mass", mass.sum())):
            into[name] = into.get(name, 0.0) + value


@pytest.fixture
def span():
    rng = np.random.default_rng(0)
    labels = rng.integers(-1, 2, N, dtype=np.int32)
    return Chunk(0, 0, rng.normal(size=(N, D)) * 5.0, rng.exponential(size=N), labels)


def sweep(span, *jobs):
    return Sweep(Frame((), np.zeros(D)), jobs)(span)


@pytest.mark.parametrize("weighted", [True, False])
def test_sums_are_weighted(span, weighted):
    if not weighted:
        span = Chunk(0, 0, span.rows)
    (sums,) = sweep(span, Expectation(Columns(3), Soft().rule(0, 0), 3))
    weight = span.sample_weight if weighted else np.ones(N)
    joint = span.rows[:, :3]
    density = np.exp(joint).sum(axis=1)
    resp = np.exp(joint) / density[:, None]
    assert_allclose(sums["log_likelihood"], weight @ np.log(density), rtol=1e-12)
    assert_array_equal(sums["objective"], sums["log_likelihood"])
    assert_allclose(-sums["uncertainty"], weight @ np.log(resp.max(axis=1)), rtol=1e-12)
    assert_allclose(sums["n"], weight @ resp, rtol=1e-12)
    assert_allclose(sums["mass"], weight.sum(), rtol=1e-12)


@pytest.mark.parametrize("rule", [Soft().rule(0, 0), Hard().rule(0, 0)])
def test_a_row_of_zero_weight_counts_nothing_not_even_infinity(span, rule):
    rows, weight = span.rows.copy(), span.sample_weight.copy()
    weight[[3, N - 1]] = 0.0
    (expected,) = sweep(Chunk(0, 0, rows, weight), Expectation(Columns(2), rule, 2))
    rows[[3, N - 1]] = -np.inf
    (got,) = sweep(Chunk(0, 0, rows, weight), Expectation(Columns(2), rule, 2))
    for name, value in expected.items():
        assert_allclose(got[name], value, rtol=1e-14)
    weight[3] = 1.0
    (bad,) = sweep(Chunk(0, 0, rows, weight), Expectation(Columns(2), rule, 2))
    assert bad["log_likelihood"] == -np.inf


def test_hard_objective_is_not_the_likelihood(span):
    (sums,) = sweep(span, Expectation(Columns(3), Hard().rule(0, 0), 3))
    best = span.rows[:, :3].max(axis=1)
    assert_allclose(sums["objective"], span.sample_weight @ best, rtol=1e-12)
    assert sums["objective"] < sums["log_likelihood"]


def test_rows_without_a_label_take_no_part_in_the_start(span):
    (sums,) = sweep(span, Start(Columns(2), LabelRule(), 2))
    expected = [span.sample_weight[span.labels == c].sum() for c in (0, 1)]
    assert_allclose(sums["n"], expected, rtol=1e-12)
    assert_allclose(sums["mass"], sum(expected), rtol=1e-12)


def test_candidates_do_not_see_each_other(span):
    jobs = [Expectation(Columns(k), Soft().rule(0, 0), k) for k in (2, 5, 1)]
    jobs.append(Start(Columns(2), LabelRule(), 2))
    together = sweep(span, *jobs)
    for job, sums in zip(jobs, together, strict=True):
        (alone,) = sweep(span, job)
        assert set(alone) == set(sums)
        for name, value in alone.items():
            assert_array_equal(sums[name], value)


def test_sums_of_two_spans_belong_to_their_candidates(span):
    jobs = [Expectation(Columns(k), Soft().rule(0, 0), k) for k in (2, 3)]
    one = sweep(span, *jobs)
    two = add_all(sweep(span, *jobs), sweep(span, *jobs))
    for a, b in zip(one, two, strict=True):
        for name, value in a.items():
            assert_allclose(b[name], 2.0 * value, rtol=1e-15)
