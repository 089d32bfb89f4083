"""EM with every family, on rows that are hard for it: the log-likelihood never falls."""

import numpy as np
import pytest

import gmmflow
from gmmflow.errors import DegenerateError


def rows(case):
    rng = np.random.default_rng(case)
    if case == 0:  # no groups at all
        return rng.normal(size=(120, 3))
    if case == 1:  # one on top of the other, of very different volumes
        return np.concatenate([rng.normal(size=(150, 4)) * 1e-3, rng.normal(size=(150, 4)) * 10.0])
    if case == 2:  # long, thin and crossing, far from the origin
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        thin = rng.normal(size=(300, 3)) * [10.0, 1.0, 0.01]
        thin[150:] = thin[150:, [1, 0, 2]]
        return 1e4 + thin @ turn
    # heavy tails, in five columns
    return rng.standard_t(2.0, size=(250, 5)) + rng.integers(0, 3, (250, 1)) * 3.0


@pytest.mark.parametrize("case", range(4))
def test_it_is_monotone(family, case):
    enough = [{"type": "max_iterations", "limit": 40}]
    fits = 0
    for seed in range(2):
        try:
            model = gmmflow.fit(
                rows(case), 3, distribution={"type": "gaussian", "covariance": family.type},
                init="random_points", seed=seed, convergence=enough,
            )  # fmt: skip
        except DegenerateError:
            continue
        fits += 1
        values = np.array([step.objective for step in model.result.fit.trace])
        assert len(values) > 2
        assert (np.diff(values) >= -1e-11 * np.abs(values).max()).all(), np.diff(values).min()
    assert fits
