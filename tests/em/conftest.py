"""Random mixtures, and starts that scikit-learn and we can both be given."""

from types import SimpleNamespace

import numpy as np
import pytest

import gmmflow

#: scikit-learn's names, with the parameter that holds our covariances.
FAMILIES = {
    "full": "covariances",
    "tied": "covariances",
    "diag": "variances",
    "spherical": "variances",
}


def overlapping(seed: int, n: int, d: int, k: int) -> np.ndarray:
    """Rows of k components of unlike size, shape and weight, about an offset."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(k, 3.0))
    counts = rng.multinomial(n - k * (d + 2), weights) + d + 2
    offset = rng.normal(size=d) * 10.0
    parts = []
    for count in counts:
        mixing = rng.normal(size=(d, d)) * 10.0 ** rng.uniform(-0.5, 0.5)
        parts.append(offset + rng.normal(size=d) * 3.0 + rng.normal(size=(count, d)) @ mixing)
    return rng.permutation(np.concatenate(parts))


def start(family: str, x: np.ndarray, k: int, seed: int) -> tuple[np.ndarray, dict]:
    """Weights, means at random rows, and the spread of the data in the family's form."""
    rng = np.random.default_rng([seed, 1])
    d = x.shape[1]
    spread = np.atleast_2d(np.cov(x.T))
    parameters = {
        "full": np.tile(spread, (k, 1, 1)),
        "tied": spread[None],
        "diag": np.tile(np.diag(spread), (k, 1)),
        "spherical": np.full((k, 1), np.trace(spread) / d),
    }
    means = x[rng.choice(len(x), k, replace=False)]
    return rng.dirichlet(np.full(k, 5.0)), {"means": means, FAMILIES[family]: parameters[family]}


def fit(x, family, weights, parameters, iterations, **options) -> gmmflow.MixtureModel:
    """Exactly so many iterations from a given start."""
    lists = {name: value.tolist() for name, value in parameters.items()}
    return gmmflow.fit(
        x,
        len(weights),
        distribution={"type": "gaussian", "covariance": family},
        init={"type": "given", "weights": weights.tolist(), "parameters": lists},
        convergence=[{"type": "max_iterations", "limit": iterations}],
        **options,
    )


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """What the tests of this folder share (there is no package to import it from)."""
    return SimpleNamespace(FAMILIES=FAMILIES, overlapping=overlapping, start=start, fit=fit)
