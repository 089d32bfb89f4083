"""Contexts and first mixtures from rows in memory, cut into blocks as one likes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gmmflow.covariances.vvv import VVV
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.initializers.base import StartContext
from gmmflow.values.block import Block, Workspace
from gmmflow.values.moments import measure
from gmmflow.values.row_sample import draw_rows

DATA = Path(__file__).parents[2] / "gmmflow" / "data"


def _context(
    rows: np.ndarray,
    sample_weight: np.ndarray | None = None,
    seed: int = 0,
    start: int = 0,
    label_names: tuple[str, ...] = (),
    folder: Path = DATA,
    to_model: tuple[np.ndarray, np.ndarray] | None = None,
    transforms: bool = True,
) -> StartContext:
    d = rows.shape[1]
    if to_model is None and transforms:
        to_model = (np.ones(d), np.zeros(d))
    return StartContext(
        names=tuple(f"x{j}" for j in range(d)),
        moments=measure(rows, sample_weight),
        label_names=label_names,
        folder=folder,
        seed=seed,
        start=start,
        sample=lambda m: draw_rows(rows, 0, sample_weight, m, seed).in_order(),
        to_model=to_model,
    )


def _resp(
    rule: Callable[[Block, np.ndarray], None],
    k: int,
    rows: np.ndarray,
    cuts: tuple[int, ...] = (),
    labels: np.ndarray | None = None,
    dtype: type = np.float64,
) -> np.ndarray:
    """Responsibilities (n, k) of all rows, cut into blocks at `cuts`."""
    edges = [0, *sorted(cuts), len(rows)]
    parts, centre, work = [], rows.mean(axis=0, dtype=np.float64), Workspace()
    for low, high in pairwise(edges):
        given = None if labels is None else labels[low:high]
        block = Block(rows[low:high], low, centre, work, None, given)
        out = np.full((k, high - low), np.nan, dtype)
        rule(block, out)
        parts.append(out.T)
    return np.concatenate(parts)


@pytest.fixture(scope="session")
def context() -> Callable[..., StartContext]:
    return _context


@pytest.fixture(scope="session")
def resp() -> Callable[..., np.ndarray]:
    return _resp


@pytest.fixture(scope="session")
def gaussian() -> Gaussian:
    return Gaussian(covariance=VVV())


@pytest.fixture(scope="session")
def faithful() -> np.ndarray:
    return np.loadtxt(DATA / "old_faithful.csv", delimiter=",", skiprows=1)


@pytest.fixture(scope="session")
def groups() -> np.ndarray:
    """Six groups of 50 rows in 3 columns of very different units, in random order."""
    rng = np.random.default_rng(5)
    centres = rng.uniform(-10, 10, (6, 3))
    rows = np.repeat(centres, 50, axis=0) + rng.standard_normal((300, 3)) * 0.5
    return rng.permutation(rows) * [1.0, 1e4, 1e-3] + [0.0, 1e6, 5.0]
