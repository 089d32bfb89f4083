"""Which components lose digits about the centre of a block, before they do.

Nothing about the centre is more exact than the largest numbers it adds up: eps (d + s^2), where s
is a length that a row could have after whitening if nothing cancelled. Two bounds on s are tried,
neither of which depends on the columns' units; the smaller error counts:

box
    s = || |W| (r + |mu|) ||, W the whitener, r the largest |x| of each column in the block and mu
    the mean, both from the centre. Sharp in few columns.
ball
    s = L (R + |mu|), R the length of the block's longest row and L^2 the largest eigenvalue of
    |W'W|, in units in which all columns are alike. Sharp in many columns, where no row is at the
    end of all of them; it costs a look at the rows, and is asked second.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gmmflow.values.block import Block

#: Largest error of a log density, absolute, that may be made about the centre. In float32 it is
#: that of the worst row and component: over rows the errors are a tenth of it and average out.
TOLERANCE = {"d": 1e-9, "f": 1e-3}  # by the type of the rows
#: The error is at most this many times eps (d + s^2) by the box (0.9 was met over random
#: components, 1.3 near the corners of the box).
BOX_ROUNDING = 1.5
#: Steps of the bound on the largest eigenvalue of a matrix without negative entries.
POWER_STEPS = 6

NONE = np.empty(0, np.intp)


@dataclass(frozen=True)
class Guard:
    """Finds components that must be taken about their own mean in a block.

    Attributes
    ----------
    means : (k, d)
        From the centre.
    whitener : (k | 1, d, d), (k | 1, d) or (k | 1, 1)
    rounding : float
        The density's error is at most this many times eps (d + s^2) by the ball.
    together : bool
        Whether components go aside only all at once: they share a term of each row.
    """

    means: np.ndarray
    whitener: np.ndarray
    rounding: float
    together: bool = False

    def far(self, block: Block) -> np.ndarray:
        """Indices of components that could be off by more than `TOLERANCE` here."""
        limit = self.limit(block.dtype.char, BOX_ROUNDING)
        norm, offset = self.shortcut
        if norm * block.bound + offset <= limit or norm * block.radius + offset <= limit:
            return NONE
        with np.errstate(over="ignore", invalid="ignore"):
            length = np.linalg.norm(self.stretched(block.reach) + self.offsets, axis=1)
            far = ~(length <= limit)
            if far.any():
                far &= ~(self.ball(block) <= self.limit(block.dtype.char, self.rounding))
        if self.together and far.any():
            far[:] = True
        return np.flatnonzero(far)

    def limit(self, char: str, rounding: float) -> float:
        """Length s up to which rows of this type are exact enough."""
        eps, d = float(np.finfo(char).eps), self.means.shape[1]
        return max(TOLERANCE[char] / (rounding * eps) - d, 0.0) ** 0.5

    def ball(self, block: Block) -> np.ndarray:
        """Lengths s by the longest row of the block, (k,)."""
        unit, stretch = self.stretch
        x = block.work.array("in_units", block.x.shape, block.dtype)
        np.multiply(block.x, unit.astype(block.dtype)[:, None], out=x)
        longest = np.sqrt(float(np.einsum("ib,ib->b", x, x).max()))
        return stretch * (longest + np.linalg.norm(self.means * unit, axis=1))

    @cached_property
    def stretch(self) -> tuple[np.ndarray, np.ndarray]:
        """Reciprocal units of the columns (d,), and L (k | 1,)."""
        d = self.means.shape[1]
        if self.whitener.ndim == 2:
            precision = np.broadcast_to(np.square(self.whitener), (len(self.whitener), d))
            unit = np.sqrt(precision.mean(axis=0))
            return unit, np.sqrt((precision / np.square(unit)).max(axis=1))
        matrices = np.abs(self.whitener.transpose(0, 2, 1) @ self.whitener)
        unit = np.sqrt(np.einsum("kii->ki", matrices).mean(axis=0))
        return unit, np.sqrt(perron_bound(matrices / np.outer(unit, unit)))

    def stretched(self, lengths: np.ndarray) -> np.ndarray:
        """|W| times lengths (d,) or (k, d): (k | 1, d)."""
        size = np.abs(self.whitener)
        if size.ndim == 2:
            return size * lengths
        return np.matmul(size, lengths[..., None])[..., 0]

    @cached_property
    def offsets(self) -> np.ndarray:
        """|W| times the distances of the means from the centre, (k, d)."""
        return self.stretched(np.abs(self.means))

    @cached_property
    def shortcut(self) -> tuple[float, float]:
        """Norm and offset with s <= norm * radius + offset for every component, by the box."""
        squares = np.square(self.whitener).reshape(len(self.whitener), -1).sum(axis=1)
        if self.whitener.shape[-1] == 1:
            squares *= self.means.shape[1]
        offsets = np.square(self.offsets).sum(axis=1)
        return float(squares.max()) ** 0.5, float(offsets.max()) ** 0.5


def perron_bound(matrices: np.ndarray) -> np.ndarray:
    """Upper bounds, nearly met, on the largest eigenvalues of matrices (k, d, d) >= 0, (k,).

    Source: Collatz 1942, Mathematische Zeitschrift 48:221-226: max_i (A v)_i / v_i for any v > 0.
    """
    v = np.ones(matrices.shape[:2])
    bound = np.full(len(matrices), np.inf)
    for _ in range(POWER_STEPS):
        after = np.matmul(matrices, v[:, :, None])[:, :, 0]
        bound = np.minimum(bound, (after / v).max(axis=1))
        # Half a step: off the axes, so that no entry of v vanishes.
        v = v + after / after.max(axis=1, keepdims=True)
    return bound
