"""An example mixture of a distribution under check: parameters, and rows drawn from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gmmflow.distributions.base import Distribution, Kernel
from gmmflow.errors import DegenerateComponent
from gmmflow.testing.data import groups
from gmmflow.testing.law import Broken, Skip
from gmmflow.testing.subject import Examples
from gmmflow.values.block import Block, Workspace, blocks
from gmmflow.values.block import cut as block_cut
from gmmflow.values.dataset import Chunk
from gmmflow.values.mixture import Parameters, Statistics
from gmmflow.values.moments import measure

#: Rows that the laws are checked on: enough that no component is nearly empty.
ROWS = 240


@dataclass(frozen=True)
class Components:
    """k components of a distribution in d columns, and rows from all of them.

    Attributes
    ----------
    distribution : Distribution
    parameters : dict of str to ndarray
    rows : (n, d)
        Drawn from the components in turn.
    """

    distribution: Distribution
    parameters: Parameters
    rows: np.ndarray

    @cached_property
    def k(self) -> int:
        """Number of components."""
        return max(len(value) for value in self.parameters.values())

    @property
    def everything(self) -> frozenset[str]:
        """All names that an M-step may update."""
        return frozenset(("weights", *self.distribution.parameter_names))

    @property
    def centre(self) -> np.ndarray:
        """Mean of the rows, which statistics are about."""
        return self.rows.mean(axis=0)

    def kernel(self, parameters: Parameters | None = None) -> Kernel:
        """Kernel of densities alone: log weights of zero."""
        which = self.parameters if parameters is None else parameters
        return self.distribution.kernel(which, np.zeros(self.k), self.centre)

    def log_density(
        self, rows: np.ndarray | None = None, kernel: Kernel | None = None
    ) -> np.ndarray:
        """Log density (k, n) of rows under every component."""
        rows = self.rows if rows is None else rows
        kernel = self.kernel() if kernel is None else kernel
        out = np.full((self.k, len(rows)), np.nan)
        for part, block in cut(rows, self.centre, shape=kernel.shape):
            filled = np.full((self.k, len(block)), np.nan, block.dtype)
            kernel.log_joint(block, filled)
            out[:, part] = filled
        return out

    def resp(self, seed: int = 0) -> np.ndarray:
        """Responsibilities (k, n) between the posterior and random ones."""
        log_density = self.log_density()
        posterior = np.exp(log_density - log_density.max(axis=0))
        random = np.random.default_rng(seed).dirichlet(np.ones(self.k), len(self.rows)).T
        mixed: np.ndarray = 0.8 * posterior / posterior.sum(axis=0) + 0.2 * random
        return mixed

    def statistics(
        self,
        resp: np.ndarray,
        rows: np.ndarray | None = None,
        kernel: Kernel | None = None,
        size: int | None = None,
    ) -> Statistics:
        """Statistics of rows with these responsibilities, by blocks of at most `size` rows."""
        rows = self.rows if rows is None else rows
        kernel = self.kernel() if kernel is None else kernel
        return accumulate(kernel, rows, resp, self.centre, size)

    def maximize(self, statistics: Statistics) -> Parameters:
        """M-step in which everything is updated."""
        return self.distribution.maximize(statistics, self.centre, self.parameters, self.everything)

    def estimate(self, resp: np.ndarray) -> Parameters:
        """M-step from responsibilities of the example rows."""
        return self.maximize(self.statistics(resp))


def cut(
    rows: np.ndarray,
    centre: np.ndarray,
    size: int | None = None,
    shape: tuple[int, int] = (1, 0),
) -> Iterator[tuple[slice, Block]]:
    """Blocks of rows, and where they are, for a kernel of `shape`: the usual, or of `size` rows."""
    work, (usual, room) = Workspace(), block_cut(shape, rows.shape[1])
    size = size or len(rows)
    for start in range(0, len(rows), size):
        run = np.ascontiguousarray(rows[start : start + size])
        first = start
        for block in blocks(run, Chunk(0, start, run), centre, work, usual, room):
            yield slice(first, first + len(block)), block
            first += len(block)


def accumulate(
    kernel: Kernel, rows: np.ndarray, resp: np.ndarray, centre: np.ndarray, size: int | None = None
) -> Statistics:
    """Statistics of rows (n, d) with responsibilities times weights (k, n)."""
    into: Statistics = {}
    for part, block in cut(rows, centre, size, kernel.shape):
        given = np.array(resp[:, part], block.dtype, order="C")
        block.mass = given.sum(axis=0)
        kernel.accumulate(block, given, into)
    return into


def example(distribution: Distribution, examples: Examples, d: int | None = None) -> Components:
    """Components to check: the author's, or those fitted to rows that are not refused.

    Parameters
    ----------
    distribution : Distribution
    examples : Examples
    d : int, optional
        Columns wanted, whatever the author's examples have.

    Raises
    ------
    Skip
        The distribution refuses all the rows that the kit knows.
    """
    if examples.parameters is not None and d is None:
        return with_rows(distribution, examples.parameters)
    candidates = [examples.rows] if examples.rows is not None else list(probes())
    reasons = []
    for candidate in candidates:
        rows = candidate if d is None else candidate[:, :d]
        refused = distribution.refuse(_names(rows), measure(rows))
        if refused is None:
            try:
                return with_rows(distribution, first_fit(distribution, rows))
            except DegenerateComponent as error:
                refused = str(error)
        reasons.append(refused)
    raise Skip(f"no example rows suit it: give rows=... ({'; '.join(dict.fromkeys(reasons))})")


def probes() -> Iterator[np.ndarray]:
    """Rows of several kinds, the widest range first: real, positive, shares, counts."""
    rows = groups()[0]
    yield rows
    positive = np.exp((rows - rows.mean(axis=0)) / 4.0)
    yield positive
    yield positive / (1.0 + positive)
    yield np.round(4.0 * positive)
    yield (rows > rows.mean(axis=0)).astype(float)


def first_fit(distribution: Distribution, rows: np.ndarray, k: int = 2) -> Parameters:
    """Parameters after one M-step from groups along the first column, blurred a little."""
    member = np.argsort(np.argsort(rows[:, 0], kind="stable")) * k // len(rows)
    resp = np.where(np.arange(k)[:, None] == member, 0.8, 0.2 / max(k - 1, 1))
    centre = rows.mean(axis=0)
    statistics = accumulate(distribution.collector(k, centre), rows, resp, centre)
    everything = frozenset(("weights", *distribution.parameter_names))
    return distribution.maximize(statistics, centre, None, everything)


def with_rows(distribution: Distribution, parameters: Parameters) -> Components:
    """Components with rows drawn from each of them."""
    rng, k = np.random.default_rng(7), max(len(value) for value in parameters.values())
    drawn = [distribution.sample(parameters, c, ROWS // k, rng) for c in range(k)]
    for each in drawn:
        if each.ndim != 2 or len(each) != ROWS // k:
            raise Broken(f"sample gave shape {each.shape}, not ({ROWS // k}, d)")
    return Components(distribution, parameters, np.concatenate(drawn).astype(float))


def _names(rows: np.ndarray) -> tuple[str, ...]:
    return tuple(f"x{i}" for i in range(rows.shape[1]))
