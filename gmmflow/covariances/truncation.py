"""Eigenvalues kept within bounds: the level of truncation that costs least likelihood.

The criterion is sum n_k (log v_kj + d_kj / v_kj) over eigenvalues v that stand for d. Bounded to
[low, high] it is least where every d outside goes to the nearer bound; bounded in ratio,
max v <= ratio * min v, it is least at [m, ratio * m] for one level m, which is found exactly.
"""

from __future__ import annotations

import numpy as np

from gmmflow.values.forms import Form


def truncation_level(values: np.ndarray, n: np.ndarray, ratio: float) -> float:
    """The level m at which eigenvalues clipped to [m, ratio * m] cost least.

    Parameters
    ----------
    values : (k, d) or broadcastable to it
        Eigenvalues, not negative.
    n : (k, 1) or broadcastable
        Rows that each of them stands for.
    ratio : float
        Largest ratio of two of them, at least 1.

    Returns
    -------
    float
        0 where all values are 0.

    Notes
    -----
    The criterion is convex in log m. Its slope, the sum of n (1 - d / m) over d < m and of
    n (1 - d / (ratio m)) over d > ratio m, rises with m and changes its terms only at the values
    and at the values / ratio: sorted, they say between which two the slope is 0, and there
    m = (sum n d below + sum n d above / ratio) / (sum n below + sum n above).

    Source: Fritz, Garcia-Escudero and Mayo-Iscar 2013, Computational Statistics and Data Analysis
    61:124-136, which evaluates the criterion at all levels; the convexity saves that.
    """
    value, weight = (each.ravel() for each in np.broadcast_arrays(values, n))
    largest = value.max()
    if not largest > 0.0:
        return 0.0
    value = value / largest
    order = np.argsort(value)
    value, weight = value[order], weight[order]
    count = np.concatenate([[0.0], np.cumsum(weight)])
    total = np.concatenate([[0.0], np.cumsum(weight * value)])
    # Levels at which a value enters or leaves; below the first positive one the slope is negative.
    level = np.unique(np.concatenate([value, value / ratio]))
    level = level[level > 0.0]

    def outside(inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the values outside [m, ratio m], and their sum, those above divided by ratio."""
        below = np.searchsorted(value, inside, side="left")
        above = np.searchsorted(value / ratio, inside, side="right")
        rows = count[below] + count[-1] - count[above]
        return rows, total[below] + (total[-1] - total[above]) / ratio

    rows, mass = outside(level)
    after = int(np.argmax(rows * level >= mass))
    # Between two levels the terms stay: those of the middle are exact at both ends.
    middle = 0.5 * (level[after] + (level[after - 1] if after else 0.0))
    rows, mass = outside(np.array([middle]))
    found = level[after] if rows[0] == 0.0 else mass[0] / rows[0]
    return float(largest * found)


def truncated(
    form: Form, n: np.ndarray, spread: np.ndarray, floor: float, max_ratio: float | None
) -> Form:
    """Covariances with eigenvalues of at least floor * mean variance, and in ratio.

    Parameters
    ----------
    form : Form
    n : (k,)
        Rows of each component.
    spread : (d,) or (1,)
        Variances of the columns, or their mean.
    floor : float
    max_ratio : float or None
    """
    values = form.eigenvalues()
    low, high = floor * float(spread.mean()), np.inf
    if max_ratio is not None and values.max() > max_ratio * values.min():
        rows = n[:, None] if len(values) > 1 else n.sum().reshape(1, 1)
        # The criterion is convex: under a floor the best level is the nearer one.
        low = max(low, truncation_level(np.maximum(values, 0.0), rows, max_ratio))
        high = max_ratio * low
    return form if values.min() >= low and values.max() <= high else _clip(form, low, high)


def truncated_by_column(form: Form, spread: np.ndarray, floor: float) -> Form:
    """Covariances whose eigenvalues are at least `floor` when columns have variance 1."""
    scale = np.sqrt(np.where(spread > 0.0, spread, spread.mean()))
    standard = form.scaled(1.0 / scale)
    if standard.eigenvalues().min() >= floor:
        return form
    return _clip(standard, floor, np.inf).scaled(scale)


def _clip(form: Form, low: float, high: float) -> Form:
    return form.clipped(np.array([[low]]), np.array([[high]]))
