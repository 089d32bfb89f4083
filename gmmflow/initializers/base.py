"""What an initializer is: from the data to a first mixture, or to a rule that makes one.

Laws: nothing of size n is kept; the result depends on the seed and the rows, not on chunks,
executor or workers; a deterministic initializer ignores the seed and says so.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from gmmflow.distributions.base import Distribution
from gmmflow.stage import Stage
from gmmflow.values.block import Block
from gmmflow.values.mixture import Mixture
from gmmflow.values.moments import Moments


class RowRule(Protocol):
    """Responsibilities of a block, from which one M-step makes the first mixture.

    A plain picklable value: it travels to the workers.
    """

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B), columns that sum to 1 (or to 0 for rows that take no part)."""


@dataclass(frozen=True)
class StartContext:
    """What an initializer may know of the data and the run; rows are in transformed units.

    Attributes
    ----------
    names : tuple of str
        Columns after the transforms.
    moments : Moments
        Of the columns after the transforms.
    label_names : tuple of str
        Classes, where the loader gives labels (Block.labels holds their codes); else empty.
    folder : Path
        Relative paths start here: the folder of the config.
    seed : int
        Seed of the run.
    start : int
        Which restart this is, from 0.
    sample : callable
        ``sample(m)``: a uniform random sample without replacement of at most m rows of positive
        weight, as ``(rows (m, d) float64, sample_weight (m,))`` in the order of the data. It is
        the same for every restart of a run, and all rows if there are no more than m.
    """

    names: tuple[str, ...]
    moments: Moments
    label_names: tuple[str, ...]
    folder: Path
    seed: int
    start: int
    sample: Callable[[int], tuple[np.ndarray, np.ndarray]]

    def rng(self) -> np.random.Generator:
        """Generator of this start: equal seeds and starts give equal draws."""
        return np.random.default_rng([self.seed, self.start])


class Initializer(Stage):
    """Says where EM starts."""

    kind: ClassVar[str] = "initializers"
    #: Whether every restart would be the same; restarts are then ignored, with a message.
    deterministic: ClassVar[bool] = False
    #: Whether the order of the components means something and is kept.
    ordered: ClassVar[bool] = False

    @abstractmethod
    def start(
        self, n_components: int, distribution: Distribution, context: StartContext
    ) -> Mixture | RowRule:
        """A first mixture (in transformed units), or a rule that one M-step turns into it.

        Raises
        ------
        DataError
            The data cannot give such a start (fewer distinct rows than components, no labels).
        """
