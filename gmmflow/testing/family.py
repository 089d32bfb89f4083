"""Members of a family near its best one, reached by weighting the rows anew.

Whatever the parameters are, the M-step from other row weights gives a member of the family. So
directions in the family can be explored without knowing what its parameters must satisfy.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gmmflow.errors import DegenerateComponent
from gmmflow.testing.components import Components
from gmmflow.testing.law import Broken, Skip
from gmmflow.values.mixture import Parameters

#: How far row weights move from 1. The small steps see a slope: at the best member of a smooth
#: family there is none in any direction, whatever the size of the sample.
STEPS = (1.0, 0.1, 1e-2, 1e-3)
#: Members tried at each step; each of them rises with a chance of a half where there is a slope.
TRIED = 12
#: Rounding of a sum over the example rows.
ROUNDING = 1e-11
#: Step of central differences, with an error of its square.
DIFFERENCE = 1e-4
#: Directions that move densities by less than this share of the one that moves them most are not
#: counted: rounding and the curvature left by central differences stay below 1e-7.
RANK = 1e-6


def best_of_family(c: Components) -> None:
    """Raise `Broken` where another member has more expected complete-data log-likelihood."""
    resp, rng = c.resp(), np.random.default_rng(5)

    def expected(parameters: Parameters) -> float:
        return float((resp * c.log_density(kernel=c.kernel(parameters))).sum())

    best = c.estimate(resp)
    highest, before = expected(best), expected(c.parameters)
    allowed = ROUNDING * abs(highest) + ROUNDING * resp.size
    if before > highest + allowed:
        raise Broken(f"it fell from {before:.10g} to {highest:.10g} in the M-step")
    tried = 0
    for step in STEPS:
        for _ in range(TRIED):
            # Exponential weights, as in the Bayesian bootstrap, keep every row in.
            weight = 1.0 - step + step * rng.standard_exponential(resp.shape)
            other = _member(c, resp * weight)
            if other is None:
                continue
            tried += 1
            found = expected(other)
            if found > highest + allowed:
                raise Broken(
                    f"another member of the family has {found - highest:.3g} more expected "
                    f"complete-data log-likelihood than {highest:.10g} (rows weighted anew by "
                    f"{step:g})"
                )
    if not tried:
        raise Skip("every other member that was tried is degenerate")


def free_directions(c: Components, draws: int) -> int:
    """Number of independent directions in which the family's densities can move."""
    resp, rng = c.resp(), np.random.default_rng(6)
    moves = []
    for _ in range(draws):
        weight = rng.uniform(-1.0, 1.0, resp.shape)
        ahead, behind = (
            _member(c, resp * (1.0 + sign * DIFFERENCE * weight)) for sign in (1.0, -1.0)
        )
        if ahead is None or behind is None:
            raise Skip("the M-step is degenerate for some of the rows' weights")
        difference = c.log_density(kernel=c.kernel(ahead)) - c.log_density(kernel=c.kernel(behind))
        moves.append(difference.ravel() / np.abs(difference).max())
    return rank(np.array(moves))


def rank(moves: np.ndarray) -> int:
    """Numerical rank of directions (draws, m)."""
    values = np.linalg.svd(moves, compute_uv=False)
    return int((values > RANK * values[0]).sum())


def _member(c: Components, resp: np.ndarray) -> Parameters | None:
    estimate: Callable[[np.ndarray], Parameters] = c.estimate
    try:
        return estimate(resp)
    except DegenerateComponent:
        return None
