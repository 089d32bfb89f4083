"""How components and given classes meet."""

from __future__ import annotations

from dataclasses import dataclass
from operator import add

import numpy as np

from gmmflow.em.frame import Frame
from gmmflow.em.posterior import Posterior
from gmmflow.executors.base import Engine
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.mixture import Mixture
from gmmflow.values.result import ClassTable
from gmmflow.values.row_pass import RowPass


@dataclass(frozen=True)
class CountClasses:
    """Leaf: weight of each class in each component, (k, classes)."""

    posterior: Posterior
    classes: int

    def __call__(self, span: Chunk) -> np.ndarray:
        """Count one span; rows without a label do not count."""
        assert span.labels is not None, "the data have no labels"
        known = span.labels >= 0
        component = self.posterior(span.rows)[0].argmax(axis=1)[known]
        weight = np.ones(len(span.rows)) if span.sample_weight is None else span.sample_weight
        table = np.zeros((self.posterior.k, self.classes))
        np.add.at(table, (component, span.labels[known]), weight[known])
        return table


def class_table(data: Dataset, engine: Engine, frame: Frame, mixture: Mixture) -> ClassTable:
    """Table of components and classes in one pass."""
    leaf = CountClasses(Posterior.of(mixture, frame), len(data.label_names))
    counts = engine.reduce(data, RowPass(leaf, add))
    return ClassTable(counts, adjusted_rand(counts))


def adjusted_rand(counts: np.ndarray) -> float:
    """Adjusted Rand index of a contingency table; 1 for equal partitions.

    Source: Hubert and Arabie 1985, Journal of Classification 2:193-218.
    """

    def pairs(n: np.ndarray) -> float:
        return float((n * (n - 1.0) / 2.0).sum())

    total = pairs(counts.sum(keepdims=True))
    rows, columns = pairs(counts.sum(axis=1)), pairs(counts.sum(axis=0))
    expected = rows * columns / total if total > 0.0 else 0.0
    ceiling = (rows + columns) / 2.0
    return 1.0 if ceiling == expected else (pairs(counts) - expected) / (ceiling - expected)
