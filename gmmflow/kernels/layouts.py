"""What the sums of a Gaussian sweep look like, for each scatter a covariance family can need.

Every layout says which features the density needs, how moments are summed about the centre (one
matrix product) and about a component's own mean, and how both become (n, mean, scatter).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from gmmflow.kernels.slabs import features_times_resp
from gmmflow.values.block import Block
from gmmflow.values.mixture import Statistics, accumulate


class Layout(ABC):
    """Sums of one kind of scatter. Stateless: an instance stands for the kind.

    The features are 1, then squares of the columns as the kind needs them, then the columns x.
    """

    #: Whether all components are summed into one scatter, with all rows.
    shared: ClassVar[bool] = False

    @abstractmethod
    def n_squares(self, d: int) -> int:
        """Number of features between 1 and x."""

    @abstractmethod
    def squares(self, block: Block, out: np.ndarray) -> None:
        """Fill out (n_squares, B)."""

    def size(self, d: int) -> int:
        """Number of features, p."""
        return 1 + self.n_squares(d) + d

    def feature_block(self, block: Block) -> np.ndarray:
        """Features of a block, (p, B), made once for all candidates of this layout."""
        return block.features_beside_x(self.squares, self.n_squares(block.rows.shape[1]))

    @abstractmethod
    def own_scatter(self, shifted: np.ndarray, resp: np.ndarray) -> np.ndarray:
        """Weighted squares of rows (d, B) about a component's mean."""

    @abstractmethod
    def centred_scatter(
        self, sums: np.ndarray, statistics: Statistics, n: np.ndarray, mean: np.ndarray
    ) -> np.ndarray:
        """Scatter about the means (k, d) of what was summed about the centre."""

    @abstractmethod
    def outer(self, weight: np.ndarray, delta: np.ndarray) -> np.ndarray:
        """Scatter of k points of `weight` (k,) at `delta` (k, d)."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    def add_about_centre(self, block: Block, resp: np.ndarray, into: Statistics) -> None:
        """Add the features times `resp` (k, B) to ``sums`` (p, k)."""
        features = self.feature_block(block)
        accumulate(into, "sums", features_times_resp(features, resp, block.work))

    def add_about_mean(
        self, shifted: np.ndarray, resp: np.ndarray, component: int, k: int, into: Statistics
    ) -> None:
        """Add moments of one component about its own mean to ``own_*``."""
        scatter = self.own_scatter(shifted, resp).astype(np.float64, copy=False)
        if "own_n" not in into:
            into["own_n"] = np.zeros(k)
            into["own_sum"] = np.zeros((k, len(shifted)))
            into["own_scatter"] = np.zeros((k, *scatter.shape))
        into["own_n"][component] += resp.sum(dtype=np.float64)
        into["own_sum"][component] += shifted @ resp
        into["own_scatter"][component] += scatter

    def moments(
        self, statistics: Statistics, about: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Counts (k,), means (k, d) from `about`, and scatter about these means.

        Parameters
        ----------
        statistics : dict
        about : (k, d) or None
            Means of the sweep, from the centre: where ``own_*`` were summed about. None where
            nothing was: the means are from the centre then.

        Notes
        -----
        The two parts merge as in Chan, Golub and LeVeque 1983, The American Statistician
        37:242-247. A component of which all rows were taken about its own mean loses no digit to
        its distance from the centre.
        """
        parts = []
        if "sums" in statistics:
            sums = statistics["sums"]
            d = about.shape[1] if about is not None else self.columns(sums)
            n = sums[0]
            mean = _divide(sums[-d:].T, n)
            scatter = self.centred_scatter(sums, statistics, n, mean)
            parts.append((n, mean if about is None else mean - about, scatter))
        if "own_n" in statistics:
            n = statistics["own_n"]
            mean = _divide(statistics["own_sum"], n)
            parts.append((n, mean, self.pool(statistics["own_scatter"]) - self.outer(n, mean)))
        if len(parts) == 1:
            return parts[0]
        (n1, mean1, scatter1), (n2, mean2, scatter2) = parts
        n = n1 + n2
        mean = _divide(n1[:, None] * mean1 + n2[:, None] * mean2, n)
        between = self.outer(_divide((n1 * n2)[:, None], n)[:, 0], mean2 - mean1)
        return n, mean, scatter1 + scatter2 + between

    def pool(self, own: np.ndarray) -> np.ndarray:
        """Own scatters (k, ...) in the shape of this layout."""
        return own

    def columns(self, sums: np.ndarray) -> int:
        """Number of columns d of ``sums`` (p, k)."""
        d = 1
        while self.size(d) < len(sums):
            d += 1
        return d


class Dense(Layout):
    """Each component's own matrix: features [1, x_i x_j (every pair once), x]."""

    def n_squares(self, d: int) -> int:
        """Pairs of columns, each with itself too."""
        return d * (d + 1) // 2

    def squares(self, block: Block, out: np.ndarray) -> None:
        """Products of all pairs of columns."""
        # All pairs at all distances, around the end, in one call (and a short one for even d):
        # calls that last let other threads work.
        x, wrapped = block.x, block.x_wrapped
        d, rows = x.shape
        distances = (d + 1) // 2
        whole = out[: distances * d].reshape(distances, d, rows)
        np.multiply(x, _sliding(wrapped, distances, d), out=whole)
        if d % 2 == 0:
            half = d // 2
            np.multiply(x[:half], x[half:], out=out[distances * d :])

    def own_scatter(self, shifted: np.ndarray, resp: np.ndarray) -> np.ndarray:
        """(d, d)."""
        scatter: np.ndarray = (shifted * resp) @ shifted.T
        return scatter

    def centred_scatter(
        self, sums: np.ndarray, statistics: Statistics, n: np.ndarray, mean: np.ndarray
    ) -> np.ndarray:
        """(k, d, d)."""
        d = mean.shape[1]
        return unpack(sums[1:-d].T, d) - self.outer(n, mean)

    def outer(self, weight: np.ndarray, delta: np.ndarray) -> np.ndarray:
        """(k, d, d)."""
        scatter: np.ndarray = (weight[:, None] * delta)[:, :, None] * delta[:, None, :]
        return scatter


class Pooled(Layout):
    """The sum of all components' matrices: features [1, x] and one matrix for all rows."""

    shared = True

    def n_squares(self, d: int) -> int:
        """None: all rows go into one matrix, whatever their component."""
        return 0

    def squares(self, block: Block, out: np.ndarray) -> None:
        """Nothing to fill."""

    def add_about_centre(self, block: Block, resp: np.ndarray, into: Statistics) -> None:
        """Add the features times `resp` to ``sums``, and all rows' squares to ``pooled`` (d, d)."""
        super().add_about_centre(block, resp, into)
        x = block.x
        weighted = x if block.mass is None else np.multiply(x, block.mass, dtype=block.dtype)
        accumulate(into, "pooled", np.matmul(weighted, x.T))

    def own_scatter(self, shifted: np.ndarray, resp: np.ndarray) -> np.ndarray:
        """(d, d)."""
        return Dense().own_scatter(shifted, resp)

    def pool(self, own: np.ndarray) -> np.ndarray:
        """(1, d, d)."""
        return own.sum(axis=0, keepdims=True)

    def centred_scatter(
        self, sums: np.ndarray, statistics: Statistics, n: np.ndarray, mean: np.ndarray
    ) -> np.ndarray:
        """(1, d, d)."""
        return statistics["pooled"][None] - self.outer(n, mean)

    def outer(self, weight: np.ndarray, delta: np.ndarray) -> np.ndarray:
        """(1, d, d)."""
        scatter: np.ndarray = (weight * delta.T) @ delta
        return scatter[None]


class Diagonal(Layout):
    """Each component's own diagonal: features [1, x_i^2, x]."""

    def n_squares(self, d: int) -> int:
        """One a column."""
        return d

    def squares(self, block: Block, out: np.ndarray) -> None:
        """Squares of the columns."""
        np.multiply(block.x, block.x, out=out)

    def own_scatter(self, shifted: np.ndarray, resp: np.ndarray) -> np.ndarray:
        """(d,)."""
        scatter: np.ndarray = (shifted * shifted) @ resp
        return scatter

    def centred_scatter(
        self, sums: np.ndarray, statistics: Statistics, n: np.ndarray, mean: np.ndarray
    ) -> np.ndarray:
        """(k, d)."""
        return sums[1 : 1 + mean.shape[1]].T - self.outer(n, mean)

    def outer(self, weight: np.ndarray, delta: np.ndarray) -> np.ndarray:
        """(k, d)."""
        return weight[:, None] * delta * delta


class Trace(Layout):
    """Each component's own trace: features [1, x.x, x]."""

    def n_squares(self, d: int) -> int:
        """The squared length."""
        return 1

    def squares(self, block: Block, out: np.ndarray) -> None:
        """Squared lengths of the rows."""
        x = block.x
        squares = np.multiply(x, x, out=block.work.array("squares", x.shape, block.dtype))
        np.add.reduce(squares, axis=0, out=out[0])

    def own_scatter(self, shifted: np.ndarray, resp: np.ndarray) -> np.ndarray:
        """(1,)."""
        return np.einsum("ib,ib,b->", shifted, shifted, resp)[None]

    def centred_scatter(
        self, sums: np.ndarray, statistics: Statistics, n: np.ndarray, mean: np.ndarray
    ) -> np.ndarray:
        """(k, 1)."""
        return sums[1][:, None] - self.outer(n, mean)

    def outer(self, weight: np.ndarray, delta: np.ndarray) -> np.ndarray:
        """(k, 1)."""
        return (weight * np.einsum("kd,kd->k", delta, delta))[:, None]


#: Layout of each scatter that `Covariance.needs` may name.
LAYOUTS: dict[str, Layout] = {
    "dense": Dense(),
    "pooled": Pooled(),
    "diagonal": Diagonal(),
    "trace": Trace(),
}


def pair_columns(d: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns (i, j) of the d (d + 1) / 2 products in `Dense.features`, in their order."""
    distance, i = np.divmod(np.arange(d * (d + 1) // 2), d)
    return i, (i + distance) % d


def _sliding(wrapped: np.ndarray, distances: int, d: int) -> np.ndarray:
    """View (distances, d, B) of contiguous rows: entry [i, j] is row i + j."""
    rows = wrapped.shape[1]
    row, item = wrapped.strides
    return np.ndarray((distances, d, rows), wrapped.dtype, wrapped, 0, (row, row, item))


def unpack(pairs: np.ndarray, d: int) -> np.ndarray:
    """Symmetric matrices (k, d, d) from entries in the order of `pair_columns`."""
    i, j = pair_columns(d)
    full = np.empty((len(pairs), d, d))
    full[:, i, j] = pairs
    full[:, j, i] = pairs
    return full


def _divide(a: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Rows of `a` divided by n (k,), zero where n is zero (no rows: no moments)."""
    return np.divide(a, n[:, None], out=np.zeros_like(a), where=n[:, None] > 0)
