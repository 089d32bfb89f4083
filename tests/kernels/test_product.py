"""The kernel of an exponential family, on one written out by hand."""

import numpy as np
from numpy.testing import assert_allclose
from scipy.special import gammaln
from scipy.stats import poisson

from gmmflow.kernels.product import FeatureProduct
from gmmflow.values.block import Workspace, blocks
from gmmflow.values.dataset import Chunk

RATES = np.array([0.5, 4.0, 30.0])


def features(block, out):
    out[0] = block.raw[0]
    out[1] = 1.0


def poisson_kernel(log_weights, base=lambda block: -gammaln(block.raw[0] + 1.0)):
    theta = np.stack([np.log(RATES), log_weights - RATES], axis=1)
    return FeatureProduct(features, theta, theta.shape, base)


def counts(m=500):
    return np.random.default_rng(0).poisson(5.0, (m, 1)).astype(float)


def block_of(x):
    return next(blocks(x, Chunk(0, 0, x), np.array([123.0]), Workspace()))


def test_log_joint_is_scipys():
    x = counts()
    out = np.empty((3, len(x)))
    log_weights = np.log([0.2, 0.3, 0.5])
    poisson_kernel(log_weights).log_joint(block_of(x), out)
    expected = log_weights[:, None] + poisson(RATES[:, None]).logpmf(x[:, 0])
    assert_allclose(out, expected, rtol=1e-13)


def test_without_a_base_measure():
    out = np.empty((3, 500))
    poisson_kernel(np.zeros(3), base=None).log_joint(block_of(counts()), out)
    assert_allclose(out, np.outer(np.log(RATES), counts()[:, 0]) - RATES[:, None], rtol=1e-13)


def test_sums_are_those_of_the_rows_as_they_are():
    x = counts()
    resp = np.random.default_rng(1).dirichlet(np.ones(3), len(x)).T.copy()
    block, into = block_of(x), {}
    for _ in range(2):
        poisson_kernel(np.zeros(3)).accumulate(block, resp, into)
    assert_allclose(into["sums"], 2.0 * np.stack([resp @ x[:, 0], resp.sum(axis=1)]), rtol=1e-13)
