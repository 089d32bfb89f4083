"""Axes that components share: those in which their scatters are most nearly diagonal.

With t_kj = (D' W_k D)_jj, the best axes D minimise

    sum_k n_k sum_j log t_kj                      volumes vary (VVE),
    n d log sum_k exp(mean_j log t_kj)            volumes are equal (EVE).

Both come down in two ways, in turn, until neither helps. Rotations of two axes at a time, each to
the best angle there is, as in Flury and Gautschi (1986, SIAM J. Sci. Stat. Comput. 7:169-184), find
the valley. A quasi-Newton step in all pairs at once (limited-memory BFGS on the rotations, from the
curvature of every pair) finds its bottom, where rotations alone need hundreds of sweeps as soon as
there are thirty axes. The turned matrices D' W_k D are kept, and no step ascends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gmmflow.numerics import pairs

#: The descent ends once a step promises less than this for each row and axis: 1e-18, angles are
#: then exact to about 1e-9, where few steps do; else 1e-13.
SHARP, ENOUGH, FEW_STEPS = 1e-18, 1e-13, 50
#: What a rotation of two axes must gain, for each row and axis, to be worth another descent.
GAIN = 1e-13
#: Steps of a descent, and descents, at most. What is left then is left to the next M-step.
STEPS, DESCENTS = 300, 5
#: Steps that the quasi-Newton method remembers.
MEMORY = 10
#: Starts that are tried with some steps each, the best of those given, and no more than there are
#: pairs of axes (a single pair's best angle is found from anywhere); and followed to the end.
TRIED, TRIAL_STEPS, FOLLOWED = 12, 20, 3


@dataclass(frozen=True)
class Turned:
    """Scatters seen along axes.

    Attributes
    ----------
    n : (k,)
    scatter : (k, d, d)
    equal : bool
        Whether volumes are equal.
    axes : (d, d)
        Orthogonal; its columns are the axes.
    rotated : (k, d, d)
        ``axes.T @ scatter @ axes``.
    variances : (k, d)
        Its diagonals, positive.
    weight : (k,)
        Derivatives of the criterion with respect to sum_j log t_kj.
    value : float
        The criterion.
    """

    n: np.ndarray
    scatter: np.ndarray
    equal: bool
    axes: np.ndarray
    rotated: np.ndarray
    variances: np.ndarray
    weight: np.ndarray
    value: float


def shared_axes(
    n: np.ndarray, scatter: np.ndarray, starts: Iterable[np.ndarray], equal: bool
) -> np.ndarray:
    """The best axes (d, d) found from several starts.

    Parameters
    ----------
    n : (k,)
        Expected rows of each component.
    scatter : (k, d, d)
    starts : orthogonal matrices (d, d), or nearly so
    equal : bool
        Whether volumes are equal (EVE), or vary (VVE).
    """
    tried = max(1, min(TRIED, scatter.shape[1] * (scatter.shape[1] - 1) // 2))
    begun = _best([turn(n, scatter, equal, _orthogonal(start)) for start in starts], tried)
    if len(begun) > FOLLOWED:
        begun = _best([_descend(each, TRIAL_STEPS) for each in begun], FOLLOWED)
    return _best([_settle(each) for each in begun], 1)[0].axes


def turn(n: np.ndarray, scatter: np.ndarray, equal: bool, axes: np.ndarray) -> Turned:
    """Scatters along these axes, and the criterion."""
    rotated = axes.T @ scatter @ axes
    variances = pairs.positive_diagonals(rotated)
    logs = np.log(variances)
    if not equal:
        return Turned(n, scatter, equal, axes, rotated, variances, n, float(n @ logs.sum(axis=1)))
    means, total = logs.mean(axis=1), n.sum()
    share = np.exp(means - means.max())
    value = total * len(axes) * (means.max() + np.log(share.sum()))
    weight = total * share / share.sum()
    return Turned(n, scatter, equal, axes, rotated, variances, weight, float(value))


def _best(found: list[Turned], count: int) -> list[Turned]:
    return sorted(found, key=lambda turned: turned.value)[:count]


def _again(turned: Turned, axes: np.ndarray) -> Turned:
    return turn(turned.n, turned.scatter, turned.equal, axes)


def _orthogonal(axes: np.ndarray) -> np.ndarray:
    """The same axes, orthogonal to the last bit."""
    q, r = np.linalg.qr(axes)
    return np.asarray(q * np.where(np.diagonal(r) < 0.0, -1.0, 1.0))


def _settle(turned: Turned) -> Turned:
    """Descend until no step, and no rotation of any two axes, helps."""
    for _ in range(DESCENTS):
        turned = _descend(turned, STEPS)
        if _best_gain(turned) <= GAIN * turned.n.sum() * len(turned.axes):
            return turned
        swept = _sweep(turned)
        if swept.value >= turned.value:
            return turned
        turned = swept
    return turned


def _best_gain(turned: Turned) -> float:
    """What the best rotation of any two axes gains."""
    d = len(turned.axes)
    first, second = pairs.all_pairs(d)
    if d == 1:
        return 0.0
    x, y = _products(turned.rotated, first, second)
    return float(pairs.best_angles(turned.weight[:, None], x, y, _power(turned, 1))[1].max())


def _power(turned: Turned, pairs_at_once: int) -> float:
    """Power of z that bounds the criterion where so many disjoint pairs turn at once.

    The criterion of equal volumes, sum_k g_k prod_p z_kp^(1/d), is at most the mean over the P
    pairs of sum_k g_k z_kp^(P/d), by the convexity of exp.
    """
    return pairs_at_once / len(turned.axes) if turned.equal else 0.0


def _products(
    rotated: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    variances = pairs.positive_diagonals(rotated)
    return pairs.products(variances[:, first], variances[:, second], rotated[:, first, second])


def _sweep(turned: Turned) -> Turned:
    """Every pair of axes once, each to its best angle; disjoint pairs together."""
    axes, rotated, weight = turned.axes.copy(), turned.rotated.copy(), turned.weight
    for first, second in pairs.disjoint_rounds(len(axes)):
        x, y = _products(rotated, first, second)
        if turned.equal:
            means = np.log(pairs.positive_diagonals(rotated)).mean(axis=1)
            weight = np.exp(means - means.max())
        angles, _ = pairs.best_angles(weight[:, None], x, y, _power(turned, len(first)))
        pairs.rotate(rotated, axes, first, second, angles)
    return _again(turned, axes)


def _slopes(turned: Turned) -> tuple[np.ndarray, np.ndarray]:
    """Gradient, and curvature along each single rotation, of all pairs (i, j) with i < j."""
    t, weight = turned.variances, turned.weight
    ratio = turned.rotated / t[:, None, :]
    slope = np.einsum("k,kij->ij", weight, ratio)
    squares = np.einsum("k,kij,kij->ij", weight, ratio, ratio)
    odds = (weight[:, None] * t).T @ (1.0 / t)
    curvature = odds - weight.sum() - 2.0 * squares
    upper = pairs.all_pairs(len(turned.axes))
    return 2.0 * (slope - slope.T)[upper], 2.0 * (curvature + curvature.T)[upper]


def _descend(turned: Turned, steps: int) -> Turned:
    """Limited-memory BFGS in the angles of all pairs, the curvatures of single pairs its start."""
    gradient, curvature = _slopes(turned)
    size = turned.n.sum() * len(turned.axes)
    least = 1e-3 * turned.n.sum()
    # Differences below this are rounding of the criterion: there the gradient alone leads.
    rounding = 4.0 * np.finfo(np.float64).eps * (size + abs(turned.value))
    history: list[tuple[np.ndarray, np.ndarray]] = []
    for taken in range(steps if gradient.size else 0):
        diagonal = np.maximum(np.abs(curvature), least)
        step = -_two_loops(gradient, diagonal, history)
        if gradient @ step >= 0.0:
            history, step = [], -gradient / diagonal
        promised = -gradient @ step
        if promised <= (SHARP if taken < FEW_STEPS else ENOUGH) * size:
            break
        length, found = min(1.0, 0.5 / np.abs(step).max()), None
        while found is None and length > 1e-6:
            trial = _again(turned, turned.axes @ _rotation(length * step, len(turned.axes)))
            if trial.value <= turned.value - 1e-4 * length * promised + rounding:
                found = trial
            else:
                length /= 2.0
        if found is None:
            break
        turned, before = found, gradient
        gradient, curvature = _slopes(turned)
        if length * (step @ (gradient - before)) > 0.0:
            history = [*history[1 - MEMORY :], (length * step, gradient - before)]
    return turned


def _two_loops(
    gradient: np.ndarray, diagonal: np.ndarray, history: list[tuple[np.ndarray, np.ndarray]]
) -> np.ndarray:
    """Inverse Hessian times gradient (Nocedal and Wright 2006, algorithm 7.4)."""
    q, factors = gradient.copy(), []
    for s, y in reversed(history):
        factors.append((s @ q) / (s @ y))
        q -= factors[-1] * y
    q /= diagonal
    for (s, y), factor in zip(history, reversed(factors), strict=True):
        q += s * (factor - (y @ q) / (s @ y))
    return q


def _rotation(angles: np.ndarray, d: int) -> np.ndarray:
    """Cayley transform of the skew matrix of these angles: orthogonal, and near 1 + skew."""
    half = np.zeros((d, d))
    half[pairs.all_pairs(d)] = angles / 2.0
    half -= half.T
    rotation: np.ndarray = np.linalg.solve(np.eye(d) - half, np.eye(d) + half)
    return rotation
