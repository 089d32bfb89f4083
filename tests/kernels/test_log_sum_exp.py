"""Log-sum-exp down the columns; the E-steps' tests hold it against SciPy."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from gmmflow.kernels.log_sum_exp import log_sum_exp
from gmmflow.values.block import Workspace


def test_probabilities_take_the_place_of_log_densities():
    joint = np.log([[0.1, 0.5], [0.3, 1.5]])
    log_density, uncertainty = log_sum_exp(joint, Workspace())
    assert_allclose(joint, [[0.25, 0.25], [0.75, 0.75]], rtol=1e-15)
    assert_allclose(log_density, np.log([0.4, 2.0]), rtol=1e-15)
    assert_allclose(uncertainty, -np.log([0.75, 0.75]), rtol=1e-15)


def test_a_row_that_no_component_explains():
    joint = np.array([[-np.inf, 0.0], [-np.inf, -np.inf]])
    log_density, uncertainty = log_sum_exp(joint, Workspace())
    assert_array_equal(joint, [[0.5, 1.0], [0.5, 0.0]])
    assert_array_equal(log_density, [-np.inf, 0.0])
    assert_allclose(uncertainty, [-np.log(0.5), 0.0], rtol=1e-15)
