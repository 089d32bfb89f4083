"""The four short methods of an exponential family, on a gamma law written as a stranger would."""

from typing import Literal

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq
from scipy.special import digamma, gammaln
from scipy.stats import gamma

import gmmflow
from gmmflow.distributions.exponential import ExponentialFamily
from gmmflow.errors import DegenerateComponent
from gmmflow.values.mixture import Mixture

EVERYTHING = frozenset(["shape", "rate"])


class Gamma(ExponentialFamily):
    """Gamma of one column: T = (log x, x), eta = (shape - 1, -rate)."""

    type: Literal["gamma"] = "gamma"
    parameter_names = ("shape", "rate")

    def n_features(self, d):
        return 2

    def features(self, x, out):
        np.log(x[0], out=out[0])
        out[1] = x[0]

    def natural(self, parameters):
        return np.stack([parameters["shape"] - 1.0, -parameters["rate"]], axis=1)

    def log_partition(self, parameters):
        shape = parameters["shape"]
        return gammaln(shape) - shape * np.log(parameters["rate"])

    def from_mean_statistics(self, mean):
        shape = []
        for component, (log_x, x) in enumerate(mean):
            gap = np.log(x) - log_x
            if gap < 1e-12:
                raise DegenerateComponent(component, "it has no spread", "try fewer components")
            root = brentq(lambda s, gap=gap: np.log(s) - digamma(s) - gap, 1e-6, 1e13, xtol=1e-300)
            shape.append(root)
        return {"shape": np.array(shape), "rate": np.array(shape) / mean[:, 1]}

    def n_free(self, k, d, update):
        return 2 * k if update & EVERYTHING else 0

    def sample(self, parameters, component, size, rng):
        scale = 1.0 / parameters["rate"][component]
        return rng.gamma(parameters["shape"][component], scale, (size, 1))

    def mean(self, parameters):
        return (parameters["shape"] / parameters["rate"])[:, None]

    def covariance_matrices(self, parameters):
        return (parameters["shape"] / parameters["rate"] ** 2)[:, None, None]


def truth() -> Mixture:
    parameters = {"shape": np.array([2.0, 30.0]), "rate": np.array([1.0, 2.0])}
    return Mixture(Gamma(), np.array([0.4, 0.6]), parameters)


@pytest.fixture(scope="module")
def rows():
    rng, mixture = np.random.default_rng(0), truth()
    counts = [800, 1200]
    parts = [mixture.distribution.sample(mixture.parameters, c, counts[c], rng) for c in range(2)]
    return np.concatenate(parts)


@pytest.fixture(scope="module")
def model(rows):
    return gmmflow.fit(rows, 2, distribution=Gamma())


def test_the_density_is_scipys(model, rows):
    p = model.result.mixture.parameters
    densities = [
        w * gamma(shape, scale=1.0 / rate).pdf(rows[:, 0])
        for w, shape, rate in zip(model.weights, p["shape"], p["rate"], strict=True)
    ]
    assert_allclose(model.score_samples(rows), np.log(sum(densities)), rtol=1e-10)
    assert model.log_likelihood == pytest.approx(np.log(sum(densities)).sum(), rel=1e-12)


def test_em_climbs_to_what_the_rows_came_from(model):
    objective = [step.objective for step in model.result.fit.trace]
    assert model.converged
    assert (np.diff(objective) >= -1e-12 * abs(objective[0])).all()
    p = model.result.mixture.parameters
    # 2,000 rows: shapes are known to some 5 %.
    assert_allclose(p["shape"], truth().parameters["shape"], rtol=0.2)
    assert_allclose(model.means[:, 0], [2.0, 15.0], rtol=0.1)
    assert model.result.fit.n_free == 5


def test_only_weights(rows):
    before = gmmflow.fit(rows, 2, distribution=Gamma(), convergence=[
        {"type": "max_iterations", "limit": 0}])  # fmt: skip
    after = gmmflow.fit(rows, 2, distribution=Gamma(), m_step={"type": "ml", "update": ["weights"]})
    for name, value in before.result.mixture.parameters.items():
        assert (after.result.mixture.parameters[name] == value).all()
    assert (after.weights != before.weights).all()


def test_degenerate_components_are_named():
    family, sums = Gamma(), np.array([[1.0, 0.0], [3.0, 0.0], [4.0, 0.0]])
    with pytest.raises(DegenerateComponent, match="component 1: it emptied"):
        family.maximize({"sums": sums}, np.zeros(1), None, EVERYTHING)
    x = np.full(5, 2.0)
    one_value = np.array([[np.log(x).sum()], [x.sum()], [5.0]])
    with pytest.raises(DegenerateComponent, match="component 0: it has no spread"):
        family.maximize({"sums": one_value}, np.zeros(1), None, EVERYTHING)
