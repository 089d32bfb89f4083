"""Rows for the laws: three groups in the plane, and data sets cut in many ways."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from gmmflow.values.dataset import Dataset

COLUMNS = ("length", "width")
#: Ragged on purpose, with an empty chunk in the middle; the last takes what is left.
RAGGED = (7, 150, 0, 1, 92)


@cache
def groups() -> tuple[np.ndarray, np.ndarray]:
    """420 rows of three overlapping groups in two columns, and their group; read-only."""
    rng = np.random.default_rng(20)
    labels = np.repeat(np.arange(3, dtype=np.int32), (120, 140, 160))
    centres = np.array([[0.0, 0.0], [5.0, 1.0], [1.0, 6.0]])
    spread = np.array([[1.0, 0.5], [0.8, 1.5], [2.0, 0.7]])
    rows = centres[labels] + rng.normal(size=(len(labels), 2)) * spread[labels]
    order = rng.permutation(len(labels))
    rows, labels = rows[order], labels[order]
    rows.setflags(write=False)
    labels.setflags(write=False)
    return rows, labels


def ragged(n: int) -> tuple[int, ...]:
    """Sizes of chunks of n rows, uneven, one of them empty."""
    sizes: list[int] = []
    for size in RAGGED:
        sizes.append(min(size, n - sum(sizes)))
    return (*sizes, n - sum(sizes))


def dataset(
    rows: np.ndarray,
    chunks: Sequence[int] | None = None,
    sample_weight: np.ndarray | None = None,
    labels: np.ndarray | None = None,
) -> Dataset:
    """Rows in memory as a data set; in one chunk unless `chunks` says otherwise."""
    names = (
        COLUMNS if rows.shape[1] == len(COLUMNS) else tuple(f"x{i}" for i in range(rows.shape[1]))
    )
    classes = () if labels is None else tuple(f"class {i}" for i in range(int(labels.max()) + 1))
    return Dataset(
        rows, names, tuple(chunks or (len(rows),)), sample_weight, labels, label_names=classes
    )
