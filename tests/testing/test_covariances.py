"""Each law of covariance families is broken by some stage, and the kit notices."""

import re

import numpy as np
import pytest

from gmmflow.covariances.vvi import VVI
from gmmflow.testing import covariances
from gmmflow.testing.law import laws_in
from gmmflow.values.forms import Diagonal


def family(maximize, **more):
    """VVI with another M-step."""
    methods = {"__doc__": "Variances of their own, wrong.", "maximize": maximize, **more}
    return type("Changed", (VVI,), methods)


def usual(n, scatter):
    return scatter / n[:, None]


def negative(self, n, scatter, d, previous):
    return Diagonal(-usual(n, scatter))


def divided_by_one_less(self, n, scatter, d, previous):
    return Diagonal(scatter / (n - 1.0)[:, None])


def smeared(self, n, scatter, d, previous):
    return previous or Diagonal(usual(n, scatter))


def floored(self, n, scatter, d, previous):
    return Diagonal(usual(n, scatter) + 1e-3)


def favours_the_first(self, n, scatter, d, previous):
    return Diagonal(usual(n, scatter) * np.where(np.arange(len(n)) == 0, 1.1, 1.0)[:, None])


def in_place(self, n, scatter, d, previous):
    scatter /= n[:, None]
    return Diagonal(scatter)


def inverted(self, n, scatter, d, previous):
    return Diagonal(n[:, None] / scatter)


def one_too_many(self, k, d):
    return k * d + 1


def honest(self, n, scatter, d, previous):
    return Diagonal(usual(n, scatter))


CASES = [
    ("the result is one of the forms", family(negative), "not positive definite"),
    ("maximize is the best of its family", family(divided_by_one_less), "criterion lower by"),
    ("a warm start does not change the optimum", family(smeared), "from another member"),
    (
        "n_free counts the directions in which covariances can go",
        family(honest, n_free=one_too_many), "n_free says 10 .*; 9 directions",
    ),
    ("scaled rows have scaled covariances", family(floored), "variances of rows scaled"),
    ("components can be taken in any order", family(favours_the_first), "reordered"),
    ("inputs stay as they are", family(in_place), "the scatter"),
    ("EM with it never lowers the log-likelihood", family(inverted), "fell|ended before"),
]  # fmt: skip


@pytest.mark.parametrize(("law", "stage", "text"), CASES, ids=[law for law, *_ in CASES])
def test_a_broken_law_is_noticed(failures, law, stage, text):
    found = failures(stage)
    assert law in found, found
    assert re.search(text, found[law]), found[law]


def test_every_law_is_broken_somewhere():
    assert {law for law, *_ in CASES} == {law.name for law in laws_in(covariances)}
