"""What an initializer is: from the data to a first mixture, or to a rule that makes one.

Laws: nothing of size n is kept; the result depends on the seed and the rows, not on chunks,
executor or workers; a deterministic initializer ignores the seed and says so.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Protocol

import numpy as np

from gmmflow.distributions.base import Distribution
from gmmflow.errors import DataError
from gmmflow.stage import Field, Stage
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
    to_model : tuple of (d,), or None
        (scale, shift) of the transforms: transformed = scale * data + shift, column by column;
        None where the transforms are not of that form.
    """

    names: tuple[str, ...]
    moments: Moments
    label_names: tuple[str, ...]
    folder: Path
    seed: int
    start: int
    sample: Callable[[int], tuple[np.ndarray, np.ndarray]]
    to_model: tuple[np.ndarray, np.ndarray] | None

    def rng(self) -> np.random.Generator:
        """Generator of this start: equal seeds and starts give equal draws."""
        return np.random.default_rng([self.seed, self.start])


#: Rows of the sample that seeds are chosen from, unless the option says otherwise. A component
#: with a mixing proportion of 0.1 % still has 33 rows in it; more rows cost more than they help.
SAMPLE_ROWS = 32_768

SampleRows = Annotated[
    int,
    Field(
        ge=1,
        description="Seeds are chosen from a uniform sample of this many rows "
        "(of ten a component, if that is more), or from all rows if there are fewer.",
    ),
]

Scale = Annotated[
    Literal["sd", "none"],
    Field(
        description="Distances between rows are measured in standard deviations of each column, "
        "or in raw units, where the column of the largest numbers decides alone.",
    ),
]


def seed_sample(
    size: int, scale: str, n_components: int, context: StartContext
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sample rows (s, d), their weights (s,), and the scale (d,) for distances."""
    rows, sample_weight = context.sample(max(size, 10 * n_components))
    units = np.ones(rows.shape[1]) if scale == "none" else deviations(context.moments)
    return rows, sample_weight, units


def deviations(moments: Moments) -> np.ndarray:
    """Standard deviation of each column, (d,), and 1 for a constant one: nothing to scale."""
    deviation = np.sqrt(moments.variance)
    return np.where(deviation > 0, deviation, 1.0)


def too_few_rows(n_components: int, distinct: int, sampled: int, n_rows: int) -> DataError:
    """The error of a start that found fewer distinct rows than components."""
    whole = sampled == n_rows
    among = f"the {n_rows:,} rows" if whole else f"a sample of {sampled:,} of the {n_rows:,} rows"
    have = "is only 1 distinct row" if distinct == 1 else f"are only {distinct:,} distinct rows"
    fewer = f"ask for at most {distinct:,} components"
    return DataError(
        f"{n_components:,} components cannot start: among {among} there {have}",
        fewer if whole else f"raise init.sample, or {fewer}",
    )


class Initializer(Stage):
    """Says where EM starts."""

    kind: ClassVar[str] = "initializers"
    #: Whether every restart would be the same; restarts are then ignored, with a message.
    deterministic: ClassVar[bool] = False
    #: Whether the order of the components means something and is kept.
    ordered: ClassVar[bool] = False
    #: Whether the start may depend on the distribution. Where it does not, candidates of the same
    #: number of components and restart share it.
    by_distribution: ClassVar[bool] = True
    #: Whether the rows must have known classes (`data.labels`).
    needs_labels: ClassVar[bool] = False

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
