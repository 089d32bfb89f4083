"""What model.json and the events say of a result."""

from __future__ import annotations

import json

import numpy as np
import pytest

import gmmflow
from gmmflow.values.quality import quality


@pytest.fixture(scope="module")
def model():
    rng = np.random.default_rng(4)
    x = np.concatenate([rng.normal(0.0, 1.0, (100, 2)), rng.normal(9.0, [0.1, 3.0], (50, 2))])
    return gmmflow.fit(x, 2)


def test_it_is_in_the_model_file(model, tmp_path):
    written = json.loads((model.save(tmp_path) / "model.json").read_text())["quality"]
    assert written == quality(model.result) == quality(gmmflow.load(tmp_path).result)
    assert written["order"] == "means"
    assert written["falls"] == []
    assert written["free_parameters"] == 11
    assert written["counts"] == pytest.approx([100.0, 50.0], abs=0.1)
    assert written["condition_numbers"][1] == pytest.approx(900.0, rel=0.5)
    assert written["eigenvalue_ratio"] == max(written["largest_eigenvalues"]) / min(
        written["smallest_eigenvalues"]
    )


def test_starts_that_order_the_components_keep_their_order(model):
    assert (np.diff(model.means[:, 0]) > 0.0).all()
    backwards = {"means": model.means[::-1].tolist(), "covariances": [np.eye(2).tolist()] * 2}
    rows, _ = model.sample(200)
    given = gmmflow.fit(rows, 2, init={"type": "given", "parameters": backwards})
    assert given.means[0, 0] > given.means[1, 0]
    assert quality(given.result)["order"] == "start"


def test_equal_means_are_ordered_by_weight_then_variance():
    from gmmflow.covariances.vvi import VVI
    from gmmflow.distributions.gaussian import Gaussian
    from gmmflow.values.mixture import Mixture

    rng = np.random.default_rng(0)
    means = np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, -1.0], [-1.0, 5.0]])
    weights = np.array([0.3, 0.2, 0.2, 0.2, 0.1])
    variances = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 1.0], [3.0, 3.0], [1.0, 1.0]])
    mixture = Mixture(Gaussian(covariance=VVI()), weights, {"means": means, "variances": variances})
    for _ in range(10):
        shuffled = mixture.reorder(rng.permutation(5))
        again = shuffled.reorder(shuffled.order())
        assert again.weights.tolist() == [0.1, 0.2, 0.3, 0.2, 0.2]
        assert again.parameters["means"][:, 0].tolist() == [-1.0, 0.0, 0.0, 0.0, 0.0]
        assert again.parameters["variances"][3:, 1].tolist() == [1.0, 2.0]
