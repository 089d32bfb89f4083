"""The laws of every distribution, and what this one promises; scipy.stats is the judge."""

import re

import numpy as np
import pytest
from gmmflow_inverse_gaussian.independent import Independent
from scipy.optimize import minimize
from scipy.stats import invgauss

import gmmflow
from gmmflow.errors import DegenerateComponent
from gmmflow.plugin.manager import Registry
from gmmflow.testing import pytest_checks
from gmmflow.values.moments import measure

PARAMETERS = {
    "means": np.array([[1.0, 30.0], [4.0, 20.0], [2.0, 80.0]]),
    "shapes": np.array([[3.0, 500.0], [40.0, 60.0], [0.5, 900.0]]),
}


def log_density(rows, parameters):
    """scipy's invgauss has the mean mu / lambda in units of its scale lambda."""
    means, shapes = parameters["means"][:, None], parameters["shapes"][:, None]
    return invgauss.logpdf(rows, means / shapes, scale=shapes).sum(axis=2)


test_laws = pytest_checks(Independent, parameters=PARAMETERS, log_density=log_density)
test_laws_on_rows_that_the_kit_chooses = pytest_checks(Independent)


def test_it_is_found_by_its_name():
    assert Registry().find("distributions", "inverse_gaussian.independent") is Independent


def test_the_estimates_are_those_of_scipy():
    rows = invgauss.rvs(0.3, scale=7.0, size=500, random_state=1)
    mean = np.array([[rows.mean(), (1.0 / rows).mean()]])
    found = Independent().from_mean_statistics(mean)
    mu, _, scale = invgauss.fit(rows, floc=0.0)
    assert found["shapes"][0, 0] == pytest.approx(scale, rel=1e-9)
    assert found["means"][0, 0] == pytest.approx(mu * scale, rel=1e-9)


def test_shapes_alone_are_learned_about_the_means_that_stay():
    rows = invgauss.rvs(0.5, scale=4.0, size=300, random_state=2)
    statistics = {"sums": np.array([[rows.sum()], [(1.0 / rows).sum()], [300.0]])}
    previous = {"means": np.array([[3.0]]), "shapes": np.array([[1.0]])}
    found = Independent().maximize(statistics, np.zeros(1), previous, frozenset({"shapes"}))
    best = minimize(
        lambda log_shape: -log_density(
            rows[:, None], {"means": np.array([[3.0]]), "shapes": np.exp(log_shape)[None]}
        ).sum(),
        [0.0], tol=1e-10,
    )  # fmt: skip
    assert found["means"] is previous["means"]
    assert found["shapes"][0, 0] == pytest.approx(np.exp(best.x[0]), rel=1e-5)


@pytest.mark.parametrize("value", [0.0, -2.5])
def test_data_that_are_not_positive_are_refused_by_column(value):
    rows = np.array([[1.0, 2.0], [3.0, value], [2.0, 1.0]])
    refused = Independent().refuse(("wait", "claim"), measure(rows))
    assert refused == f"column 'claim' has the value {value:g}; all values must be above 0"


def test_a_component_of_equal_rows_is_named():
    mean = np.array([[1.0, 1.5], [0.1, 10.0]])
    with pytest.raises(DegenerateComponent, match=r"component 1: it collapsed.*column 0"):
        Independent().from_mean_statistics(mean)


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"means": np.ones((2, 1))}, "has means and shapes, not means"),
        ({"means": np.ones((2, 1)), "shapes": np.ones((2, 2))}, r"shapes has shape \(2, 2\)"),
        ({"means": np.ones((2, 1)), "shapes": np.zeros((2, 1))}, "shapes must be above 0"),
    ],
)
def test_parameters_that_are_none_are_refused(parameters, text):
    assert re.search(text, Independent().refuse_parameters(parameters, 2, 1))


def test_a_mixture_is_recovered():
    rng = np.random.default_rng(5)
    truth = {name: value[:2] for name, value in PARAMETERS.items()}
    rows = np.concatenate([Independent().sample(truth, c, 4000, rng) for c in (0, 1)])
    model = gmmflow.fit(rows, components=2, distribution=Independent())
    found = model.result.mixture.parameters  # components are sorted by their means
    for name, value in truth.items():
        np.testing.assert_allclose(found[name], value, rtol=0.1)
