"""Laws of distributions, third part: some columns alone, and some given others."""

from __future__ import annotations

import numpy as np

from gmmflow.testing import density
from gmmflow.testing.components import Components
from gmmflow.testing.densities import KOLMOGOROV
from gmmflow.testing.distributions import components
from gmmflow.testing.law import Skip, agree, law, require
from gmmflow.testing.subject import Subject

#: Rows that densities are compared at.
COMPARED = 12


@law("a marginal law is that of its columns")
def marginal_true(subject: Subject) -> None:
    """All columns in another order are the same law; one column is what samples of all show."""
    c = components(subject)
    d = c.rows.shape[1]
    flipped = part(c, np.arange(d)[::-1])
    agree(flipped.log_density(), c.log_density(), 1e-9, "log density of columns in another order")
    rng = np.random.default_rng(4)
    drawn = [c.distribution.sample(c.parameters, k, 4000, rng) for k in range(c.k)]
    for column in range(d):
        one = part(c, np.array([column]))
        over = density.grid(one)
        probability = density.mass(one, over)
        for k, rows in enumerate(drawn):
            distance = density.farthest_from_sample(probability[k], over, rows[:, column])
            require(
                distance <= KOLMOGOROV,
                f"component {k}, column {column}: samples are {distance:.2f} / sqrt(n) from the "
                f"marginal density, more than {KOLMOGOROV}",
            )


@law("joint is marginal times conditional")
def conditional_true(subject: Subject) -> None:
    """Log densities to 1e-9; the conditional's mean and covariance are those of its parameters."""
    c = components(subject)
    d = c.rows.shape[1]
    if d < 2:
        raise Skip("the example rows have one column: nothing is left once it is known")
    given, left = np.arange(d // 2), np.arange(d // 2, d)
    conditional = c.distribution.conditional(c.parameters, left, given)
    if conditional is None:
        raise Skip("conditional gives no laws")
    rows = c.rows[:: max(len(c.rows) // COMPARED, 1)]
    joint = c.log_density(rows)
    first = part(c, given).log_density(rows[:, given])
    for i, row in enumerate(rows):
        parameters = conditional.parameters(row[given])
        rest = Components(c.distribution, parameters, row[None, left])
        product = first[:, i] + rest.log_density()[:, 0]
        agree(product, joint[:, i], 1e-9, "log of marginal times conditional")
        known = row[None, given]
        for k in range(c.k):
            mean, covariance = conditional.mean(known, k)[0], conditional.covariance(known, k)[0]
            agree(mean, c.distribution.mean(parameters)[k], 1e-9, "conditional mean")
            expected = c.distribution.covariance_matrices(parameters)[k]
            agree(covariance, expected, 1e-9, "conditional covariance")


def part(c: Components, columns: np.ndarray) -> Components:
    """The marginal law of these columns, with their rows.

    Raises
    ------
    Skip
        The distribution has none.
    """
    parameters = c.distribution.marginal(c.parameters, columns)
    if parameters is None:
        raise Skip("marginal gives no parameters")
    return Components(c.distribution, parameters, c.rows[:, columns])
