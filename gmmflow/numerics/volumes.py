"""Volumes of components that share a shape: a convex problem, solved by Newton's method.

Where Sigma_k = lambda_k C for all components, the best C for given volumes is
sum_k W_k / lambda_k / n, up to a factor; what is left is a function of u_k = log lambda_k,

    h(u) = d sum_k n_k u_k + n log det(sum_k exp(-u_k) W_k).

The determinant is a polynomial in exp(-u_k) without negative coefficients (a mixed discriminant),
so h is a log-sum-exp, hence convex: there is one optimum, whatever the start. Alternating between
volumes and shape, as Celeux and Govaert (1995, Pattern Recognition 28:781-793) do, converges
linearly; Newton's method, which falls back on a round of alternation where it does not descend,
takes a few rounds.
"""

from __future__ import annotations

import numpy as np

from gmmflow.numerics.linalg import inverse_factors

#: Newton's method ends after a step that moves no log volume by more; its error then is the square.
SMALL_STEP = 1e-7
#: Ill-conditioned scatters have traces of few digits: steps that were already shorter than
#: `NEAR`, and then do not halve in `STALLED` rounds, are rounding errors.
NEAR = 1e-2
STALLED = 5
#: Rounds at most; without a maximum the volumes run away, by about 1 a round in their logs.
ROUNDS = 100


def common_shape(
    n: np.ndarray, scatter: np.ndarray, start: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The most likely volumes and shape of components that share their shape.

    Parameters
    ----------
    n : (k,)
        Expected rows of each component.
    scatter : (k, d) or (k, d, d)
        Variances along axes that stay as they are, or whole matrices.
    start : (k,), optional
        Positive volumes near the best ones, up to a common factor.

    Returns
    -------
    volumes : (k,)
    shape : (d,) or (d, d)
        The covariance of component k is ``volumes[k] * shape``.

    Raises
    ------
    numpy.linalg.LinAlgError
        There is no maximum: the sum of the scatters is singular, or a component has too many
        rows in too few directions.
    """
    u = np.zeros(len(n)) if start is None else np.log(start)
    total, d = n.sum(), scatter.shape[1]
    value, shares, traces = _evaluate(n, scatter, u)
    if start is None:
        u = u + _alternation(n, traces, d)
        value, shares, traces = _evaluate(n, scatter, u)
    shortest, stalled = np.inf, 0
    for _ in range(ROUNDS):
        step = _newton(n, shares, traces, d)
        trial = _evaluate(n, scatter, u + step) if np.abs(step).max() < 50.0 else None
        if trial is None or not trial[0] <= value + 1e-14 * abs(value):
            step = _alternation(n, traces, d)
            trial = _evaluate(n, scatter, u + step)
        u = u + step
        value, shares, traces = trial
        length = np.abs(step).max()
        stalled = 0 if length < 0.5 * shortest else stalled + 1
        shortest = min(shortest, length)
        if length < SMALL_STEP or (length < NEAR and stalled >= STALLED):
            volumes = np.exp(u - u @ n / total)
            return volumes, np.tensordot(1.0 / volumes, scatter, 1) / total
    raise np.linalg.LinAlgError("volumes of components do not converge")


def _evaluate(
    n: np.ndarray, scatter: np.ndarray, u: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """h(u), and each component's share in the sum of the scatters: whitened, and its trace."""
    # A common factor of all volumes changes nothing; without it no power overflows.
    u = u - u @ n / n.sum()
    weighted = scatter * np.exp(-u).reshape(-1, *[1] * (scatter.ndim - 1))
    pooled = weighted.sum(axis=0)
    if scatter.ndim == 2:
        if not (pooled > 0.0).all():
            raise np.linalg.LinAlgError("a variance is zero for all components")
        log_det, shares = np.log(pooled).sum(), weighted / pooled
        return float(n.sum() * log_det), shares, shares.sum(axis=1)
    whitener, log_det = inverse_factors(pooled[None])
    shares = whitener @ weighted @ whitener[0].T
    traces = np.einsum("kii->k", shares)
    return float(n.sum() * log_det[0]), shares.reshape(len(n), -1), traces


def _alternation(n: np.ndarray, traces: np.ndarray, d: int) -> np.ndarray:
    """The best volumes for the present shape, as steps of their logs."""
    with np.errstate(divide="ignore"):
        step = np.log(traces * (n.sum() / (n * d)))
    if not np.isfinite(step).all():
        raise np.linalg.LinAlgError("a component has no scatter")
    return np.asarray(step)


def _newton(n: np.ndarray, shares: np.ndarray, traces: np.ndarray, d: int) -> np.ndarray:
    """Newton's step; that all volumes may grow alike is settled by sum_k n_k step_k = 0."""
    total = n.sum()
    hessian = total * (np.diag(traces) - shares @ shares.T) + np.outer(n, n) * (d / total)
    step: np.ndarray = np.linalg.solve(hessian, total * traces - d * n)
    return step
