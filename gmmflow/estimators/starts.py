"""`init_params`: the first responsibilities, from which one M-step makes the first mixture.

Rows in memory start as in scikit-learn: equal random numbers give the start that it would give. Of
rows in a Dask array a sample is looked at, and nothing of size n is held.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmflow.estimators.kmeans import assign, kmeans
from gmmflow.estimators.refusals import convergence_warning
from gmmflow.initializers.base import SAMPLE_ROWS, RowRule
from gmmflow.initializers.random_resp import RandomRule
from gmmflow.numerics.seeding import greedy_seeds
from gmmflow.values.block import Block
from gmmflow.values.dataset import Dataset
from gmmflow.values.nearest import NearestRule

#: Families whose M-step, with `reg_covar`, has an answer for components of a single row each.
SINGLE_ROWS = ("full", "diag", "spherical")


@dataclass(frozen=True)
class Given:
    """Rule of responsibilities that are there, (m, k), of the rows from `first_row` on."""

    resp: np.ndarray
    first_row: int = 0

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B)."""
        start = block.first_row - self.first_row
        part = self.resp[start : start + len(block)]
        np.copyto(out, part.T, casting="same_kind")


@dataclass(frozen=True)
class Members:
    """Rule of labels (n,): every row counts for the components as its group says.

    Attributes
    ----------
    labels : (n,) int
    share : (k, groups)
        Responsibilities of the rows of each group.
    """

    labels: np.ndarray
    share: np.ndarray

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B)."""
        part = self.labels[block.first_row : block.first_row + len(block)]
        np.copyto(out, self.share[:, part], casting="same_kind")


@dataclass(frozen=True)
class Singles:
    """Rule of k rows, by index: each counts for one component, and the others take no part."""

    rows: np.ndarray

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B)."""
        np.equal(self.rows[:, None], block.first_row + np.arange(len(block)), out=out)


def row_rule(
    data: Dataset,
    k: int,
    init_params: str,
    covariance_type: str,
    rng: Any,
    sample: Callable[[int], tuple[np.ndarray, np.ndarray]],
) -> RowRule:
    """The rule of one initialization.

    Parameters
    ----------
    data : Dataset
    k : int
    init_params, covariance_type : str
        As in `GaussianMixture`.
    rng : RandomState or Generator
    sample : callable
        ``sample(m)``: a uniform sample of at most m rows, and their weights.
    """
    if init_params == "random":
        if not data.in_memory:
            return RandomRule(int(rng.uniform() * 2**53), 0)
        uniform = rng.uniform(size=(data.n_rows, k))
        return Given(uniform / uniform.sum(axis=1, keepdims=True))
    if not data.in_memory:
        points = _points(*sample(max(SAMPLE_ROWS, 10 * k)), k, init_params, rng)
        return NearestRule(points, np.ones(data.n_features))
    kept = slice(None) if data.sample_weight is None else np.flatnonzero(data.sample_weight)
    rows = data.rows[kept]
    weight = None if data.sample_weight is None else data.sample_weight[kept]
    labels = np.zeros(data.n_rows, np.intp)
    if init_params == "kmeans":
        labels[kept] = kmeans(rows, weight, k, rng)[0]
    else:
        seeds = _seeds(rows, weight, k, init_params, rng)
        if covariance_type in SINGLE_ROWS and len(seeds) == k:
            return Singles(np.arange(data.n_rows)[kept][seeds])
        labels[kept] = assign(np.asarray(rows.T, np.float64), None, rows[seeds])[0]
    return Members(labels, _shares(labels[kept], k))


def _seeds(
    rows: np.ndarray, weight: np.ndarray | None, k: int, init_params: str, rng: Any
) -> np.ndarray:
    """Indices of rows to start from; k-means++ finds no more than there are distinct ones."""
    if init_params == "random_from_data":
        return np.asarray(rng.choice(len(rows), size=k, replace=False))
    mass = np.ones(len(rows)) if weight is None else weight
    return greedy_seeds(rows, mass, np.ones(rows.shape[1]), k, rng)


def _points(rows: np.ndarray, weight: np.ndarray, k: int, init_params: str, rng: Any) -> np.ndarray:
    """Points (k, d) to start from; where too few rows are distinct, some twice."""
    if init_params == "kmeans":
        points = kmeans(rows, weight, k, rng)[1]
    else:
        points = rows[_seeds(rows, weight, k, init_params, rng)]
    return points[np.arange(k) % len(points)]


def _shares(labels: np.ndarray, k: int) -> np.ndarray:
    """Shares (k, k) of the components in the rows of each label.

    A component without rows of its own shares those of the largest group: it starts as its copy,
    which changes no density, instead of nowhere.
    """
    counts = np.bincount(labels, minlength=k)
    empty = np.flatnonzero(counts == 0)
    share = np.eye(k)
    if len(empty):
        warnings.warn(
            f"Number of distinct clusters ({k - len(empty)}) found smaller than n_clusters ({k}). "
            "Possibly due to duplicate points in X.",
            convergence_warning(),
            stacklevel=2,
        )
        share[np.append(empty, counts.argmax()), counts.argmax()] = 1.0 / (len(empty) + 1)
    return share
