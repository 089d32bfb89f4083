"""What exponential families give beside the laws that the kit checks."""

from typing import ClassVar, Literal

import numpy as np
import pytest

from gmmflow import ExponentialFamily
from gmmflow.errors import DegenerateComponent
from gmmflow.m_steps.ml import MaximumLikelihood
from gmmflow.values.block import Block, Workspace

CALLS = []


class Normal(ExponentialFamily):
    """One column, a mean and a variance."""

    type: Literal["normal"] = "normal"
    parameter_names: ClassVar[tuple[str, ...]] = ("means", "variances")

    def n_features(self, d):
        return 2

    def features(self, x, out):
        out[0], out[1] = x[0], x[0] ** 2

    def natural(self, parameters):
        means, variances = parameters["means"], parameters["variances"]
        return np.concatenate([means / variances, -0.5 / variances], axis=1)

    def log_partition(self, parameters):
        means, variances = parameters["means"], parameters["variances"]
        return (0.5 * means**2 / variances + 0.5 * np.log(2 * np.pi * variances))[:, 0]

    def log_base(self, x):
        CALLS.append(len(x))
        return np.zeros(x.shape[1])

    def from_mean_statistics(self, mean):
        return {"means": mean[:, :1], "variances": mean[:, 1:] - mean[:, :1] ** 2}

    def n_free(self, k, d, update):
        return k * len(update & {"means", "variances"})

    def sample(self, parameters, component, size, rng):
        raise NotImplementedError

    def mean(self, parameters):
        return parameters["means"]

    def covariance_matrices(self, parameters):
        return parameters["variances"][:, :, None]


PARAMETERS = {"means": np.array([[0.0], [3.0]]), "variances": np.array([[1.0], [4.0]])}


def test_half_an_update_is_refused_before_the_fit():
    for update in (("means",), ("weights", "variances")):
        refused = MaximumLikelihood(update=update).refuse(Normal())
        assert refused == "means, variances of normal are learned together, or not at all"


@pytest.mark.parametrize("update", [None, ("weights",), ("means", "variances")])
def test_all_or_none_is_fine(update):
    assert MaximumLikelihood(update=update).refuse(Normal()) is None


def test_candidates_share_the_base_measure_of_a_block():
    CALLS.clear()
    rows = np.linspace(0.0, 1.0, 5)[:, None]
    block, out = Block(rows, 0, np.zeros(1), Workspace()), np.empty((2, 5))
    for _ in range(3):
        Normal().kernel(PARAMETERS, np.zeros(2), np.zeros(1)).log_joint(block, out)
    assert CALLS == [1]


def test_a_component_without_rows_is_named():
    statistics = {"sums": np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])}
    with pytest.raises(DegenerateComponent, match="component 1: it emptied"):
        Normal().maximize(statistics, np.zeros(1), None, frozenset({"means", "variances"}))
