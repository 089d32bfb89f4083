"""Blocks: the cache-sized runs of rows that kernels see, and the scratch memory for them.

A chunk is cut into spans (the unit of work and leaf of the sums), a span into blocks. Both sizes
are functions of the number of columns alone: they shape the sums, so they may not depend on the
machine, on the number of components or on what else runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gmmflow.values.dataset import Chunk

#: Bytes of the full feature block F (p, B), p = d (d + 3) / 2 + 1, that stay in a core's cache,
#: and the bounds on its rows. Within 4 % of the best size for d = 2, 16, 32 (benchmarks/README.md).
FEATURE_BYTES = 5 << 20
MAX_BLOCK_ROWS = 1 << 15
MIN_BLOCK_ROWS = 1 << 10
SPAN_BYTES = 2 << 20


def block_rows(d: int) -> int:
    """Rows of a block: a power of two that depends on the number of columns only."""
    p = d * (d + 3) // 2 + 1
    rows = MAX_BLOCK_ROWS
    while rows > MIN_BLOCK_ROWS and rows * p * 8 > FEATURE_BYTES:
        rows //= 2
    return rows


def span_rows(d: int) -> int:
    """Rows of a span: whole blocks, about `SPAN_BYTES` of float64 rows."""
    rows = block_rows(d)
    while rows * 2 * d * 8 <= SPAN_BYTES:
        rows *= 2
    return rows


def spans(chunk: Chunk, d: int) -> list[Chunk]:
    """Cut a chunk into spans; a span never crosses a chunk. `d` counts the raw columns."""
    size, total = span_rows(d), len(chunk.rows)
    return [chunk.part(start, min(start + size, total)) for start in range(0, total, size)]


class Workspace:
    """Buffers of one worker, allocated once and reused for every block of a sweep."""

    def __init__(self) -> None:
        self._buffers: dict[str, np.ndarray] = {}

    def array(self, name: str, shape: tuple[int, int], dtype: np.typing.DTypeLike) -> np.ndarray:
        """Uninitialised C-contiguous array (r, B) that stays valid until `name` is asked again."""
        size = shape[0] * shape[1]
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < size or buffer.dtype != dtype:
            buffer = self._buffers[name] = np.empty(size, dtype)
        return buffer[:size].reshape(shape)


class Block:
    """A run of rows as kernels see it: features as rows, data rows as contiguous columns.

    Attributes
    ----------
    rows : (B, d)
        Transformed rows, float64 or float32.
    first_row : int
        Index of the first row in the data set (random draws depend on it).
    centre : (d,) float64
        Fixed point that `x` is shifted by.
    sample_weight : (B,) or None
    labels : (B,) int32 or None
    mass : (B,) or None
        Sum over components of what `accumulate` is given: the row weight where responsibilities
        sum to 1. None means 1 in every row.
    bound : float
        What is known beforehand of `radius`: it is no larger.
    work : Workspace
    """

    __slots__ = (
        "_base", "_features", "_radius", "_raw", "_reach", "_room", "_x", "bound", "centre",
        "first_row", "labels", "mass", "rows", "sample_weight", "work",
    )  # fmt: skip

    def __init__(
        self, rows: np.ndarray, first_row: int, centre: np.ndarray, work: Workspace,
        sample_weight: np.ndarray | None = None, labels: np.ndarray | None = None,
        bound: float = np.inf,
    ) -> None:  # fmt: skip
        self.rows = rows
        self.first_row = first_row
        self.centre = centre
        self.sample_weight = sample_weight
        self.labels = labels
        self.mass = sample_weight
        self.bound = bound
        self.work = work
        self._x: np.ndarray | None = None
        self._raw: np.ndarray | None = None
        self._features: tuple[object, np.ndarray] | None = None
        self._base: tuple[object, np.ndarray | None] | None = None
        self._reach: np.ndarray | None = None
        self._radius: float | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dtype(self) -> np.dtype:
        """Type of the products: that of the rows."""
        return self.rows.dtype

    @property
    def x(self) -> np.ndarray:
        """Rows shifted by the centre, (d, B) contiguous; made once a block."""
        if self._x is None:
            d = self.rows.shape[1]
            # Room before x for d features, and after it for the closing 1, or for x_wrapped.
            self._room = self.work.array("x", (2 * d + max(d // 2, 1), len(self)), self.dtype)
            self._x = self._room[d : 2 * d]
            # The difference is taken in float64 and then rounded to the type of the products.
            np.subtract(self.rows.T, self.centre[:, None], out=self._x, casting="same_kind")
        return self._x

    @property
    def x_wrapped(self) -> np.ndarray:
        """`x`, followed by its first d // 2 columns once more, (d + d // 2, B)."""
        d = len(self.x)
        half = d // 2
        self._room[2 * d : 2 * d + half] = self.x[:half]
        return self._room[d : 2 * d + half]

    @property
    def reach(self) -> np.ndarray:
        """Largest distance of the block's rows from the centre in each column, (d,) float64."""
        if self._reach is None:
            x = self.x
            self._reach = np.maximum(x.max(axis=1), -x.min(axis=1)).astype(np.float64)
        return self._reach

    @property
    def radius(self) -> float:
        """Bound on the distance of the block's rows from the centre: half its box's diagonal."""
        if self._radius is None:
            self._radius = float(np.sqrt(self.reach @ self.reach))
        return self._radius

    @property
    def raw(self) -> np.ndarray:
        """Rows as they are, (d, B) contiguous, for laws and components that shift on their own."""
        if self._raw is None:
            self._raw = self.work.array("raw", self.rows.shape[::-1], self.dtype)
            np.copyto(self._raw, self.rows.T)
        return self._raw

    def features(self, make: object, p: int, beside_x: bool = False) -> np.ndarray:
        """Feature block F (p, B) of `make(block, out)`; candidates that share it make it once.

        With `beside_x`, for p <= 2 d + 1, the last features but one of `out` are `x` already:
        nothing is copied.
        """
        if self._features is None or self._features[0] != make:
            if beside_x:
                end = 2 * len(self.x) + 1
                out = self._room[end - p : end]
            else:
                out = self.work.array("features", (p, len(self)), self.dtype)
            make(self, out)  # type: ignore[operator]
            self._features = (make, out)
        return self._features[1]

    def base(self, make: Callable[[Block], np.ndarray | None]) -> np.ndarray | None:
        """`make(block)`, (B,) or None, made once for all candidates; they do not change it."""
        if self._base is None or self._base[0] != make:
            self._base = (make, make(self))
        return self._base[1]


def blocks(
    rows: np.ndarray, span: Chunk, centre: np.ndarray, work: Workspace, bound: float = np.inf
) -> Iterator[Block]:
    """Blocks of a span whose transformed rows are `rows` (m, d').

    `bound` is the largest distance from the centre of any row of positive weight.
    """
    size = block_rows(rows.shape[1])
    weight, labels = span.sample_weight, span.labels
    if weight is not None:
        bound = np.inf  # a row of weight 0 may be anywhere
    for start in range(0, len(rows), size):
        part = slice(start, start + size)
        yield Block(
            rows[part], span.first_row + start, centre, work,
            None if weight is None else weight[part],
            None if labels is None else labels[part],
            bound,
        )  # fmt: skip
