"""Mixtures with every form of covariances, made from random numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gmmflow.covariances.eee import EEE
from gmmflow.covariances.eei import EEI
from gmmflow.covariances.eii import EII
from gmmflow.covariances.vii import VII
from gmmflow.covariances.vve import VVE
from gmmflow.covariances.vvi import VVI
from gmmflow.covariances.vvv import VVV
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.model import MixtureDensity
from gmmflow.values.mixture import Mixture

NAMES = ("a", "b", "c", "d", "e")
#: A family of each form, with one matrix for all components and with one for each.
FAMILIES = {each.__name__: each for each in (VVV, EEE, VVE, VVI, EEI, VII, EII)}


def _random_density(family: str, d: int = 4, k: int = 3, seed: int = 0) -> MixtureDensity:
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(1 if family[0] == "E" else k, d, d))
    variances = rng.uniform(0.2, 3.0, (1 if family[0] == "E" else k, d))
    if family in ("VVV", "EEE"):
        form = {"covariances": factor @ factor.transpose(0, 2, 1) + 0.1 * np.eye(d)}
    elif family == "VVE":
        form = {"orientation": np.linalg.qr(factor[:1])[0], "variances": variances}
    else:
        form = {
            "variances": variances if family[2] == "I" and family[1] != "I" else variances[:, :1]
        }
    parameters = {"means": rng.normal(0.0, 2.0, (k, d)), **form}
    mixture = Mixture(
        Gaussian(covariance=FAMILIES[family]()), rng.dirichlet(np.full(k, 3.0)), parameters
    )
    return MixtureDensity(NAMES[:d], mixture)


@pytest.fixture(scope="session")
def random_density() -> Callable[..., MixtureDensity]:
    return _random_density


@pytest.fixture(scope="session", params=FAMILIES)
def density(request: pytest.FixtureRequest) -> MixtureDensity:
    return _random_density(request.param)
