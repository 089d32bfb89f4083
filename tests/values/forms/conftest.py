"""Random covariances of every form, shared by all components where the form can be."""

import numpy as np
import pytest

from gmmflow.values.forms import Dense, Diagonal, Form, Rotated, Spherical

NAMES = [
    "Dense", "Dense shared", "Rotated", "Diagonal", "Diagonal shared", "Spherical",
    "Spherical shared",
]  # fmt: skip


def make(name: str, k: int, d: int, seed: int = 0) -> Form:
    """A form whose eigenvalues lie between 0.2 and 5."""
    rng = np.random.default_rng(seed)
    kind, leading = name.split(maxsplit=1)[0], 1 if name.endswith("shared") else k
    variances = rng.uniform(0.2, 5.0, (leading, d))
    axes = np.linalg.qr(rng.normal(size=(leading, d, d)))[0]
    if kind == "Dense":
        matrices = (axes * variances[:, None, :]) @ axes.transpose(0, 2, 1)
        return Dense((matrices + matrices.transpose(0, 2, 1)) / 2.0)
    if kind == "Rotated":
        return Rotated(axes[:1], variances)
    return Diagonal(variances) if kind == "Diagonal" else Spherical(variances[:, :1])


@pytest.fixture(params=NAMES)
def name(request) -> str:
    return request.param


@pytest.fixture(
    params=[(3, 4), (1, 1), (2, 1), (1, 5)], ids=lambda sizes: "k={} d={}".format(*sizes)
)
def sizes(request) -> tuple[int, int]:
    return request.param


@pytest.fixture
def form(name, sizes) -> Form:
    return make(name, *sizes)


@pytest.fixture
def make_form():
    return make
