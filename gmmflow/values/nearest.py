"""The rule that gives each row to its nearest seed: from k points to a first mixture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.values.block import Block


@dataclass(frozen=True)
class NearestRule:
    """Responsibility 1 for the seed nearest to the row, 0 for the others.

    A row that is equally far from several seeds goes to the first of them, in exact arithmetic
    of the differences: rounding in the matrix product decides nothing, so that blocks of any
    size give the same answer.

    Attributes
    ----------
    seeds : (k, d) float64
    scale : (d,) float64
        Distances are taken after dividing each column by its scale.
    """

    seeds: np.ndarray
    scale: np.ndarray

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B)."""
        x = block.x
        scaled = (self.seeds - block.centre) / self.scale
        half_norms = 0.5 * np.square(scaled).sum(axis=1)
        # |x - s|^2 / 2 = |x|^2 / 2 - score, and |x|^2 is the same for every seed.
        np.matmul((scaled / self.scale).astype(x.dtype), x, out=out, casting="same_kind")
        np.subtract(out, half_norms[:, None], out=out, casting="same_kind")
        near = out >= out.max(axis=0) - self._rounding(x, half_norms, out.dtype)
        np.copyto(out, near)
        for column in _slices(np.flatnonzero(np.count_nonzero(near, axis=0) > 1)):
            out[:, column] = 0.0
            out[self._first_nearest(block.rows[column]), column] = 1.0

    def _rounding(self, x: np.ndarray, half_norms: np.ndarray, dtype: np.dtype) -> np.ndarray:
        """Bound (B,) on the error of the difference between two scores of a row."""
        norms = np.square(x / self.scale[:, None]).sum(axis=0)
        farthest = float(np.sqrt(2.0 * half_norms.max()))
        eps = max(float(np.finfo(x.dtype).eps), float(np.finfo(dtype).eps))
        return 4.0 * (len(x) + 4) * eps * farthest * (np.sqrt(norms) + farthest)

    def _first_nearest(self, rows: np.ndarray) -> np.ndarray:
        distances = np.zeros((len(self.seeds), len(rows)))
        for column, seeds, scale in zip(rows.T, self.seeds.T, self.scale, strict=True):
            distances += np.square((column.astype(np.float64) - seeds[:, None]) / scale)
        return distances.argmin(axis=0)


def _slices(indices: np.ndarray, size: int = 1024) -> list[np.ndarray]:
    """Runs of at most `size` indices, so that their distances stay in cache."""
    return [indices[start : start + size] for start in range(0, len(indices), size)]
