"""Posterior probabilities, against SciPy's log-sum-exp."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax, logsumexp, softmax

from gmmflow.e_steps.soft import Soft

RULE = Soft().rule(0, 0)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-14), (np.float32, 2e-6)])
def test_posterior(block_of, dtype, tolerance):
    log_joint = np.random.default_rng(0).normal(size=(5, 300)) * 30.0
    out = log_joint.astype(dtype)
    terms = RULE(out, block_of(300, dtype))
    assert_allclose(out, softmax(log_joint, axis=0), rtol=tolerance * 100, atol=tolerance)
    assert_allclose(out.sum(axis=0), 1.0, rtol=tolerance)
    assert_allclose(terms.log_likelihood, logsumexp(log_joint, axis=0), rtol=tolerance * 10)
    assert terms.objective is terms.log_likelihood
    largest = log_softmax(log_joint, axis=0).max(axis=0)
    assert_allclose(terms.uncertainty, -largest, atol=tolerance * 10)


@pytest.mark.parametrize("shift", [-1e15, -1e5, 0.0, 700.0, 1e300])
def test_nothing_under_or_overflows(block_of, shift):
    out = np.array([[0.0], [-1.0]]) + shift
    expected = out.copy()
    terms = RULE(out, block_of(1))
    assert_allclose(terms.log_likelihood, logsumexp(expected, axis=0), rtol=1e-15)
    assert_allclose(out.sum(axis=0), 1.0, rtol=1e-15)


def test_the_type_of_underflow_in_one_term_only(block_of):
    out = np.array([[0.0], [-1e6], [-np.inf]])
    terms = RULE(out, block_of(1))
    assert_array_equal(out, [[1.0], [0.0], [0.0]])
    assert terms.log_likelihood[0] == 0.0
    assert terms.uncertainty[0] == 0.0


def test_an_impossible_row_is_said_and_does_no_harm(block_of):
    """Its log-likelihood is -inf, which ends the candidate; its neighbours are untouched."""
    out = np.array([[-np.inf, -1.0, np.nan], [-np.inf, -1.0, np.nan]])
    terms = RULE(out, block_of(3))
    assert_array_equal(terms.log_likelihood[[0, 2]], -np.inf)
    assert terms.log_likelihood[1] == pytest.approx(-1.0 + np.log(2.0))
    assert_allclose(out, 0.5)


def test_it_is_said_to_be_monotone():
    assert Soft.monotone
