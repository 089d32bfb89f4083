"""given: numbers from the config, checked, in the units stated, in the order given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from gmmflow.covariances.eee import EEE
from gmmflow.covariances.vii import VII
from gmmflow.covariances.vvi import VVI
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.errors import ConfigError
from gmmflow.initializers.given import Given
from gmmflow.values.mixture import Mixture
from gmmflow.values.nearest import NearestRule

Context = Callable[..., Any]
MEANS = [[2.0, 55.0], [4.3, 80.0]]
COVARIANCES = [[[0.1, 0.4], [0.4, 34.0]], [[0.2, 0.9], [0.9, 36.0]]]
ALL = {"means": MEANS, "covariances": COVARIANCES}


def test_a_whole_mixture(faithful: np.ndarray, context: Context, gaussian: Gaussian) -> None:
    stage = Given(weights=(0.4, 0.6), parameters=ALL)
    mixture = stage.start(2, gaussian, context(faithful))
    assert isinstance(mixture, Mixture)
    assert mixture.distribution is gaussian
    np.testing.assert_array_equal(mixture.weights, [0.4, 0.6])
    np.testing.assert_array_equal(mixture.parameters["means"], MEANS)
    np.testing.assert_array_equal(mixture.parameters["covariances"], COVARIANCES)
    assert Given(**stage.model_dump()) == stage
    assert Given.deterministic
    assert Given.ordered


def test_weights_are_equal_by_default_and_brought_to_sum_one(
    faithful: np.ndarray, context: Context, gaussian: Gaussian
) -> None:
    start = Given(parameters=ALL).start(2, gaussian, context(faithful))
    np.testing.assert_array_equal(start.weights, [0.5, 0.5])
    start = Given(weights=(0.3333, 0.6666), parameters=ALL).start(2, gaussian, context(faithful))
    assert start.weights.sum() == pytest.approx(1.0, abs=1e-15)
    assert start.weights[0] == pytest.approx(1 / 3, abs=1e-4)


def test_means_alone_take_the_nearest_rows(
    faithful: np.ndarray, context: Context, resp: Callable[..., np.ndarray], gaussian: Gaussian
) -> None:
    rule = Given(parameters={"means": MEANS}).start(2, gaussian, context(faithful))
    assert isinstance(rule, NearestRule)
    scaled = (faithful[:, None] - np.array(MEANS)) / faithful.std(axis=0)
    expected = np.square(scaled).sum(axis=2).argmin(axis=1)
    np.testing.assert_array_equal(resp(rule, 2, faithful).argmax(axis=1), expected)


def test_data_units_go_through_the_transforms(
    faithful: np.ndarray, context: Context, gaussian: Gaussian
) -> None:
    mean, sd = faithful.mean(axis=0), faithful.std(axis=0)
    transformed = context((faithful - mean) / sd, to_model=(1 / sd, -mean / sd))
    start = Given(parameters=ALL).start(2, gaussian, transformed)
    np.testing.assert_allclose(start.parameters["means"], (np.array(MEANS) - mean) / sd)
    np.testing.assert_allclose(
        start.parameters["covariances"], np.array(COVARIANCES) / np.outer(sd, sd)
    )
    rule = Given(parameters={"means": MEANS}).start(2, gaussian, transformed)
    np.testing.assert_allclose(rule.seeds, start.parameters["means"])
    np.testing.assert_allclose(rule.scale, 1.0)
    as_is = Given(parameters=ALL, units="transformed").start(2, gaussian, transformed)
    np.testing.assert_array_equal(as_is.parameters["means"], MEANS)


@pytest.mark.parametrize("parameters", [ALL, {"means": MEANS}])
def test_data_units_need_an_affine_transform(
    parameters: dict[str, Any], faithful: np.ndarray, context: Context, gaussian: Gaussian
) -> None:
    unknown = context(faithful, transforms=False)
    with pytest.raises(ConfigError, match="with units: transformed"):
        Given(parameters=parameters).start(2, gaussian, unknown)
    Given(parameters=parameters, units="transformed").start(2, gaussian, unknown)


def test_spherical_is_not_spherical_after_unequal_scaling(
    faithful: np.ndarray, context: Context
) -> None:
    given = Given(parameters={"means": MEANS, "variances": [[1.0], [2.0]]})
    scaled = context(faithful, to_model=(np.array([1.0, 0.1]), np.zeros(2)))
    with pytest.raises(ConfigError, match="gaussian VII in data units do not stay such"):
        given.start(2, Gaussian(covariance=VII()), scaled)


@pytest.mark.parametrize(
    ("family", "form"),
    [
        (EEE(), {"covariances": COVARIANCES[:1]}),
        (VVI(), {"variances": [[0.1, 34.0], [0.2, 36.0]]}),
        (VII(), {"variances": [[5.0], [6.0]]}),
    ],
)
def test_other_families(
    family: Any, form: dict[str, Any], faithful: np.ndarray, context: Context
) -> None:
    start = Given(parameters={"means": MEANS, **form}).start(
        2, Gaussian(covariance=family), context(faithful)
    )
    np.testing.assert_array_equal(start.parameters[next(iter(form))], next(iter(form.values())))


@pytest.mark.parametrize(
    ("options", "components", "message"),
    [
        ({"parameters": ALL}, 3, r"means has 2 components .* model.components is 3"),
        (
            {"weights": (0.2, 0.3, 0.5), "parameters": ALL},
            2,
            "3 weights are given, and model.components is 2",
        ),
        ({"parameters": {"means": [[2.0], [4.0]]}}, 2, r"means has shape \(2, 1\).*\(2, 2\)"),
        ({"weights": (0.5, 0.5), "parameters": {"means": MEANS}}, 2, "leave them out"),
        ({"parameters": {"means": MEANS, "spread": [1, 2]}}, 2, "not means, spread"),
        (
            {"parameters": {"means": MEANS, "covariances": [[[1, 2], [2, 1]]] * 2}},
            2,
            r"covariances\[0\] is not positive definite",
        ),
        (
            {"parameters": {"means": MEANS, "covariances": [[[1, 0.5], [0, 1]]] * 2}},
            2,
            "symmetric",
        ),
    ],
)
def test_numbers_that_do_not_fit_the_model(
    options: dict[str, Any],
    components: int,
    message: str,
    faithful: np.ndarray,
    context: Context,
    gaussian: Gaussian,
) -> None:
    with pytest.raises(ConfigError, match=message):
        Given(**options).start(components, gaussian, context(faithful))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give parameters"),
        ({"weights": (0.5, 0.5)}, "give parameters"),
        ({"path": "a.npz", "parameters": ALL}, "not both"),
        ({"parameters": ALL, "weights": (0.4, 0.4)}, "the weights sum to 0.8, and must sum to 1"),
        ({"parameters": ALL, "weights": (272, 100)}, "the weights sum to 372"),
        ({"parameters": ALL, "weights": (1.2, -0.2)}, r"weights\[1\] is -0.2"),
        ({"parameters": {"means": [[1, 2], [3]]}}, "lists of equal lengths"),
        ({"parameters": {"means": ["a", "b"]}}, "must be a list of numbers"),
        ({"parameters": {"means": []}}, "an entry for each component"),
        ({"parameters": {"means": [[1, float("nan")]]}}, r"means\[0, 1\] is nan"),
        ({"parameters": ALL, "units": "raw"}, "data"),
    ],
)
def test_wrong_options_are_refused_before_any_data(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Given(**options)
