"""Random components of every form, their kernels, and blocks of rows."""

from types import SimpleNamespace

import numpy as np
import pytest

from gmmflow.covariances.eee import EEE
from gmmflow.covariances.vii import VII
from gmmflow.covariances.vvi import VVI
from gmmflow.covariances.vvv import VVV
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.kernels import guard
from gmmflow.values.block import Workspace, blocks
from gmmflow.values.dataset import Chunk

FAMILIES = {"VVV": VVV, "EEE": EEE, "VVI": VVI, "VII": VII}


def components(family: str, k: int, d: int, rng) -> dict:
    """Parameters: means within a few sd of the origin, well-conditioned spreads."""
    means = rng.normal(size=(k, d)) * 3.0
    if family in ("VVV", "EEE"):
        mixing = rng.normal(size=(k if family == "VVV" else 1, d, 2 * d + 2))
        return {"means": means, "covariances": mixing @ mixing.transpose(0, 2, 1) / (d + 1)}
    return {"means": means, "variances": rng.uniform(0.3, 3.0, (k, d if family == "VVI" else 1))}


def block(x: np.ndarray, centre: np.ndarray, weight=None):
    """The rows as one block; there must be few enough of them."""
    room = x.shape[1] * (x.shape[1] + 1) // 2 + 1  # enough for every kernel
    parts = list(blocks(x, Chunk(0, 0, x, weight), centre, Workspace(), len(x) + 1, room))
    assert len(parts) == 1
    return parts[0]


def kernel(family: str, parameters: dict, log_weights, centre):
    return Gaussian(covariance=FAMILIES[family]()).kernel(parameters, log_weights, centre)


def matrices(parameters: dict) -> np.ndarray:
    """Covariance matrices (k, d, d)."""
    k, d = parameters["means"].shape
    if "covariances" in parameters:
        return np.broadcast_to(parameters["covariances"], (k, d, d))
    return np.stack([np.diag(v) for v in np.broadcast_to(parameters["variances"], (k, d))])


@pytest.fixture
def always(monkeypatch):
    """Make every kernel that is made from now on take one of its two ways."""

    def force(way: str) -> None:
        tolerance = {"product": np.inf, "aside": 0.0}[way]
        monkeypatch.setattr(guard, "TOLERANCE", {"d": tolerance, "f": tolerance})

    return force


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """What the tests of this folder share (there is no package to import it from)."""
    return SimpleNamespace(
        FAMILIES=FAMILIES, components=components, block=block, kernel=kernel, matrices=matrices
    )
