"""Random numbers that belong to a row: the same whatever block, chunk, thread or worker asks.

Every stream is a Philox counter sequence keyed by (seed, purpose, iteration); a row's numbers
are those at its own place in it, so any run of rows can be drawn alone.

Source: Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC'11.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np

#: Philox 4x64 gives four 64-bit words for each step of its counter.
WORDS_PER_STEP = 4


def row_uniforms(
    seed: int, purpose: str, iteration: int, first_row: int, rows: int, columns: int
) -> np.ndarray:
    """Uniform numbers in [0, 1) for a run of rows.

    Parameters
    ----------
    seed : int
        Seed of the run.
    purpose : str
        What the numbers are for; other purposes get independent streams.
    iteration : int
        Iteration or start; each gets an independent stream.
    first_row : int
        Index of the first row in the data set.
    rows, columns : int
        Shape of the result. A row's numbers depend on `columns`, not on `rows`.

    Returns
    -------
    (rows, columns) float64
        Multiples of 2**-53.
    """
    words = _words(seed, purpose, iteration, first_row * columns, rows * columns)
    return ((words >> np.uint64(11)) * 2.0**-53).reshape(rows, columns)


def row_keys(seed: int, purpose: str, first_row: int, rows: int) -> np.ndarray:
    """Random 64-bit keys of a run of rows, (rows,) uint64: their order is a random permutation."""
    return _words(seed, purpose, 0, first_row, rows)


def _words(seed: int, purpose: str, iteration: int, first: int, count: int) -> np.ndarray:
    # Raw words of the bit generator: unlike Generator methods, NumPy never changes them.
    key = sha256(f"{seed}|{iteration}|{purpose}".encode()).digest()[:16]
    stream = np.random.Philox(key=int.from_bytes(key, "little"))
    step, skip = divmod(first, WORDS_PER_STEP)
    stream.advance(step)
    return stream.random_raw(skip + count)[skip:]
