"""Whether samples have the moments that a distribution says."""

from __future__ import annotations

import numpy as np

from gmmflow.testing.components import Components
from gmmflow.testing.law import agree, require

#: Rows drawn from each component.
DRAWN = 20_000
#: Standard errors: six of them are exceeded twice in a thousand million samples of the right law.
ERRORS = 6.0


def follows_moments(c: Components) -> None:
    """Raise `Broken` where a large sample contradicts `mean` or `covariance_matrices`.

    Entries that are not finite (laws with heavy tails) are not compared.
    """
    d = c.rows.shape[1]
    mean = c.distribution.mean(c.parameters)
    covariance = c.distribution.covariance_matrices(c.parameters)
    require(mean.shape == (c.k, d), f"mean has shape {mean.shape}, not {(c.k, d)}")
    require(
        covariance.shape == (c.k, d, d),
        f"covariance_matrices has shape {covariance.shape}, not {(c.k, d, d)}",
    )
    agree(covariance, covariance.transpose(0, 2, 1), 1e-12, "transposed covariance matrices")
    rng = np.random.default_rng(2)
    for component in range(c.k):
        rows = c.distribution.sample(c.parameters, component, DRAWN, rng)
        off = rows - mean[component]
        _near(off, np.zeros(d), f"mean of component {component}")
        products = off[:, :, None] * off[:, None, :]
        _near(products, covariance[component], f"covariances of component {component}")


def _near(drawn: np.ndarray, expected: np.ndarray, what: str) -> None:
    """Compare the mean of draws (n, ...) with what is expected, in standard errors."""
    finite = np.isfinite(expected)
    error = drawn.mean(axis=0) - expected
    # The floor covers constants, whose sample has no spread to measure errors by.
    allowed = ERRORS * drawn.std(axis=0) / np.sqrt(len(drawn)) + 1e-9 * np.abs(drawn).max()
    wrong = finite & ~(np.abs(error) <= allowed)
    if wrong.any():
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        require(
            False,
            f"{what}: a sample of {len(drawn):,} is {error[at]:+.3g} off at {list(at)}, "
            f"more than {ERRORS:g} standard errors ({allowed[at]:.3g})",
        )
