"""Random rows of a mixture."""

from __future__ import annotations

import numpy as np

from gmmflow.errors import DataError
from gmmflow.values.mixture import Mixture


def draw(mixture: Mixture, d: int, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows (n, d) of a mixture in `d` columns, in random order, and their components (n,).

    Raises
    ------
    DataError
        `n` is negative.
    """
    if n < 0:
        raise DataError(f"n must be at least 0, is {n}", "ask for some rows")
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(n, mixture.weights)
    components = np.repeat(np.arange(mixture.n_components), counts)
    rows = np.empty((n, d))
    for component, count in enumerate(counts):
        rows[components == component] = mixture.distribution.sample(
            mixture.parameters, component, int(count), rng
        )
    order = rng.permutation(n)
    return rows[order], components[order]
