"""What the tests of covariance families share."""

import numpy as np
import pytest

from gmmflow.covariances.nesting import FAMILIES
from gmmflow.plugin.manager import Registry
from gmmflow.testing.covariances import Scatters

REGISTRY = Registry(discover=False)


@pytest.fixture(params=FAMILIES)
def family(request):
    return REGISTRY.find("covariances", request.param)()


@pytest.fixture
def scatters():
    """Random counts and scatters as a family needs them, of given sizes and spread."""

    def make(family, k=3, d=3, seed=0, spread=1.0):
        rng = np.random.default_rng(seed)
        n = rng.uniform(20.0, 200.0, k)
        root = rng.normal(size=(k, d, d + 2)) * np.exp(spread * rng.normal(size=(k, 1, 1)))
        return Scatters(family, n, n[:, None, None] * root @ root.transpose(0, 2, 1))

    return make
