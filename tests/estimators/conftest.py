"""Rows that several tests of the estimators fit."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def rows() -> np.ndarray:
    """Three groups in three columns, (330, 3)."""
    rng = np.random.RandomState(0)
    groups = (
        rng.randn(100, 3) * [1.0, 2.0, 0.5],
        rng.randn(150, 3) + 5.0,
        rng.randn(80, 3) @ rng.randn(3, 3) - [4.0, 0.0, 0.0],
    )
    return np.concatenate(groups)[rng.permutation(330)]
