"""Blocks: the cache-sized runs of rows that kernels see, and the scratch memory for them.

A chunk is cut into spans (the unit of work and leaf of the sums), a span into blocks. The rows of a
span are a function of the number of columns, those of a block of the kernel's numbers of features
and components: they shape the sums, so they may not depend on the machine, or on what else runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np

from gmmflow.values.dataset import Chunk

#: Bytes that the features (p, B) and the densities (k, B) of a block may take, each, and the bounds
#: on its rows. Within 4 % of the best size for d = 2, 16, 32 (benchmarks/README.md).
BLOCK_BYTES = 5 << 19
MAX_BLOCK_ROWS = 1 << 15
MIN_BLOCK_ROWS = 1 << 10
SPAN_BYTES = 2 << 20


def block_rows(p: int, k: int = 1) -> int:
    """Rows of a block, a power of two, for a kernel of p features and k components."""
    rows = MAX_BLOCK_ROWS
    while rows > MIN_BLOCK_ROWS and rows * max(p, k) * 8 > BLOCK_BYTES:
        rows //= 2
    return rows


def span_rows(d: int) -> int:
    """Rows of a span of d columns: whole blocks of any kernel, and at least `SPAN_BYTES`."""
    rows = block_rows(d + 1)  # no kernel needs fewer features
    while rows * 2 * d * 8 <= SPAN_BYTES:
        rows *= 2
    return rows


def cut(shape: tuple[int, int], d: int) -> tuple[int, int]:
    """Rows of a block, and of the room before its x, for a kernel of `shape` (k, p)."""
    k, p = shape
    return min(block_rows(p, k), span_rows(d)), max(p - d, 0)


def spans(chunk: Chunk, d: int) -> list[Chunk]:
    """Cut a chunk into spans; a span never crosses a chunk. `d` counts the raw columns."""
    size, total = span_rows(d), len(chunk.rows)
    return [chunk.part(start, min(start + size, total)) for start in range(0, total, size)]


class Workspace:
    """Buffers of one worker, allocated once and reused for every block of a sweep."""

    def __init__(self) -> None:
        self._buffers: dict[str, np.ndarray] = {}

    @cached_property
    def wide(self) -> Workspace:
        """Buffers beside these, for the same block in float64."""
        return Workspace()

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
    held_out : (B,) or None
        Weights of the rows that are left out of the fit: their `sample_weight` is 0.
    mass : (B,) or None
        Sum over components of what `accumulate` is given: the row weight where responsibilities
        sum to 1. None means 1 in every row.
    bound : float
        What is known beforehand of `radius`: it is no larger.
    room : int
        Rows of scratch memory before `x`, for features that stand beside it.
    work : Workspace
    """

    __slots__ = (
        "_ahead", "_base", "_features", "_once", "_radius", "_raw", "_reach", "_room", "_wide",
        "_x", "bound", "centre", "first_row", "held_out", "labels", "mass", "rows",
        "sample_weight", "work",
    )  # fmt: skip

    def __init__(
        self, rows: np.ndarray, first_row: int, centre: np.ndarray, work: Workspace,
        sample_weight: np.ndarray | None = None, labels: np.ndarray | None = None,
        bound: float = np.inf, room: int = 0,
    ) -> None:  # fmt: skip
        self._ahead = room
        self.rows = rows
        self.first_row = first_row
        self.centre = centre
        self.sample_weight = sample_weight
        self.labels = labels
        self.held_out: np.ndarray | None = None
        self.mass = sample_weight
        self.bound = bound
        self.work = work
        self._x: np.ndarray | None = None
        self._raw: np.ndarray | None = None
        self._features: tuple[object, np.ndarray] | None = None
        self._base: tuple[object, np.ndarray | None] | None = None
        self._once: tuple[object, np.ndarray] | None = None
        self._reach: np.ndarray | None = None
        self._wide: Block | None = None
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
            d, before = self.rows.shape[1], self._ahead
            # Features stand before x, x_wrapped begins with it.
            self._room = self.work.array("x", (before + d + d // 2, len(self)), self.dtype)
            self._x = self._room[before : before + d]
            # The difference is taken in float64 and then rounded to the type of the products.
            np.subtract(self.rows.T, self.centre[:, None], out=self._x, casting="same_kind")
        return self._x

    @property
    def x_wrapped(self) -> np.ndarray:
        """`x`, followed by its first d // 2 columns once more, (d + d // 2, B)."""
        d, half = len(self.x), len(self.x) // 2
        wrapped = self._room[self._ahead :]
        wrapped[d:] = self.x[:half]
        return wrapped

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

    def features(self, make: Callable[[Block, np.ndarray], None], p: int) -> np.ndarray:
        """Features F (p, B) that `make(block, out)` fills, once for all candidates."""
        if self._features is None or self._features[0] != make:
            out = self.work.array("features", (p, len(self)), self.dtype)
            make(self, out)
            self._features = (make, out)
        return self._features[1]

    def features_beside_x(
        self, kind: object, make: Callable[[Block, np.ndarray], None], m: int
    ) -> np.ndarray:
        """Features [1, m rows that `make` fills, x], once for all of a kind; x is not copied.

        Needs a `room` of at least m + 1 rows.
        """
        if self._features is None or self._features[0] != kind:
            end = self._ahead + len(self.x)
            out = self._room[self._ahead - m - 1 : end]
            out[0] = 1.0
            make(self, out[1 : 1 + m])
            self._features = (kind, out)
        return self._features[1]

    def base(self, make: Callable[[Block], np.ndarray | None]) -> np.ndarray | None:
        """`make(block)`, (B,) or None, made once for all candidates; they do not change it."""
        if self._base is None or self._base[0] != make:
            self._base = (make, make(self))
        return self._base[1]

    @property
    def wide(self) -> Block:
        """The block in float64, with scratch memory of its own; `mass` is what it is now."""
        if self._wide is None:
            self._wide = Block(
                self.rows.astype(np.float64), self.first_row, self.centre, self.work.wide,
                self.sample_weight, self.labels, self.bound, self._ahead,
            )  # fmt: skip
        self._wide.mass = self.mass
        return self._wide

    def once(self, owner: object, make: Callable[[Block], np.ndarray]) -> np.ndarray:
        """`make(block)`, made once for an owner that asks again before others do."""
        if self._once is None or self._once[0] is not owner:
            self._once = (owner, make(self))
        return self._once[1]


def blocks(
    rows: np.ndarray, span: Chunk, centre: np.ndarray, work: Workspace,
    size: int = MAX_BLOCK_ROWS, room: int = 0, bound: float = np.inf,
) -> Iterator[Block]:  # fmt: skip
    """Blocks of at most `size` rows of a span whose transformed rows are `rows` (m, d').

    `bound` is the largest distance from the centre of any row of positive weight; for `room` see
    `Block`.
    """
    weight, labels = span.sample_weight, span.labels
    if weight is not None:
        bound = np.inf  # a row of weight 0 may be anywhere
    for start in range(0, len(rows), size):
        part = slice(start, start + size)
        block = Block(
            rows[part], span.first_row + start, centre, work,
            None if weight is None else weight[part],
            None if labels is None else labels[part],
            bound, room,
        )  # fmt: skip
        block.held_out = None if span.held_out is None else span.held_out[part]
        yield block
