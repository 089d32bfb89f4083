"""Mixtures in another order, and sums of statistics."""

import numpy as np
from numpy.testing import assert_array_equal

from gmmflow.covariances.eee import EEE
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.values.mixture import Mixture, add_statistics


def test_reorder_moves_what_belongs_to_a_component():
    mixture = Mixture(
        Gaussian(covariance=EEE()),
        np.array([0.1, 0.2, 0.7]),
        {"means": np.arange(6.0).reshape(3, 2), "covariances": np.eye(2)[None]},
    )
    again = mixture.reorder(np.array([2, 0, 1]))
    assert_array_equal(again.weights, [0.7, 0.1, 0.2])
    assert_array_equal(again.parameters["means"], [[4.0, 5.0], [0.0, 1.0], [2.0, 3.0]])
    assert_array_equal(again.parameters["covariances"], np.eye(2)[None])
    assert again.n_components == 3
    assert_array_equal(mixture.weights, [0.1, 0.2, 0.7])


def test_one_component_stays():
    mixture = Mixture(Gaussian(covariance=EEE()), np.ones(1), {"means": np.zeros((1, 2))})
    assert_array_equal(mixture.reorder(np.array([0])).parameters["means"], [[0.0, 0.0]])


def test_sums_of_statistics_leave_their_terms_alone():
    a = {"sums": np.ones(2), "own": np.full(2, 5.0)}
    b = {"sums": np.full(2, 3.0), "other": np.full(2, 7.0)}
    total = add_statistics(a, b)
    assert {name: value.tolist() for name, value in total.items()} == {
        "sums": [4.0, 4.0], "own": [5.0, 5.0], "other": [7.0, 7.0],
    }  # fmt: skip
    assert a["sums"].tolist() == [1.0, 1.0]
    assert b["sums"].tolist() == [3.0, 3.0]
    assert "other" not in a
