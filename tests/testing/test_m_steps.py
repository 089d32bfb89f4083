"""Each law of M-steps is broken by some stage, and the kit notices."""

import re
from dataclasses import replace

import numpy as np
import pytest

from gmmflow.m_steps.map import MaximumAPosteriori
from gmmflow.m_steps.ml import MaximumLikelihood
from gmmflow.testing import m_steps
from gmmflow.testing.law import laws_in


def m_step(after=None, **more):
    """Maximum likelihood, and then something else."""

    def maximize(self, distribution, previous, statistics, centre, about=None):
        found = MaximumLikelihood.maximize(self, distribution, previous, statistics, centre, about)
        return found if after is None else after(found, previous, statistics)

    methods = {"__doc__": "Maximum likelihood, wrong.", "maximize": maximize, **more}
    return type("Changed", (MaximumLikelihood,), methods)


def unnormalised(found, previous, statistics):
    return replace(found, weights=found.weights * 1.1)


def fixed_start(found, previous, statistics):
    if previous is not None:
        return found
    parameters = {"means": np.zeros((3, 2)), "covariances": np.stack([np.eye(2)] * 3)}
    return replace(found, parameters=parameters)


def drifts(found, previous, statistics):
    means = found.parameters["means"] + 1e-9
    return replace(found, parameters={**found.parameters, "means": means})


def in_place(found, previous, statistics):
    statistics["sums"] *= 2.0
    return found


def reversed_means(found, previous, statistics):
    means = found.parameters["means"][::-1]
    return replace(found, parameters={**found.parameters, "means": means})


def shrugs(self, distribution, previous, statistics, centre, about=None):
    with np.errstate(all="ignore"):
        weights = statistics["sums"][-1] / statistics["sums"][-1].sum()
        means = (centre + statistics["sums"][-3:-1].T) / weights[:, None]
    return replace(previous, weights=weights, parameters={**previous.parameters, "means": means})


CASES = [
    ("the result is a mixture", m_step(unnormalised), "sum of the weights"),
    ("the first step estimates everything", m_step(fixed_start), "not estimated"),
    ("what is not updated keeps its value", m_step(drifts), "means, where weights"),
    (
        "n_free is at least that of nothing and at most that of all",
        m_step(n_free=lambda self, distribution, k, d: 99), "n_free is 99",
    ),
    (
        "a usual distribution is not refused",
        m_step(refuse=lambda self, distribution: "no"), "a Gaussian is refused: no",
    ),
    (
        "a component without rows raises DegenerateComponent",
        m_step(maximize=shrugs), "not finite",
    ),
    ("inputs stay as they are", m_step(in_place), "statistics 'sums'"),
    (
        "log_prior is a number, whatever the order of the components",
        m_step(log_prior=lambda self, mixture, *_: float(mixture.weights[0])), "reordered",
    ),
    ("EM never lowers the objective", m_step(reversed_means), "fell"),
]  # fmt: skip


@pytest.mark.parametrize(("law", "stage", "text"), CASES, ids=[law for law, *_ in CASES])
def test_a_broken_law_is_noticed(failures, law, stage, text):
    found = failures(stage)
    assert law in found, found
    assert re.search(text, found[law]), found[law]


def test_every_law_is_broken_somewhere():
    assert {law for law, *_ in CASES} == {law.name for law in laws_in(m_steps)}


@pytest.mark.parametrize("update", [None, ("means",), ("weights",), ("means", "covariances")])
@pytest.mark.parametrize("weights", ["free", "equal"])
def test_maximum_likelihood_keeps_the_laws_whatever_is_learned(failures, update, weights):
    assert failures(MaximumLikelihood(update=update, weights=weights)) == {}


@pytest.mark.parametrize("counting", ["conjugate", "mclust"])
def test_the_posterior_mode_keeps_the_laws(failures, counting):
    assert failures(MaximumAPosteriori(counting=counting, shrinkage=3.0)) == {}
