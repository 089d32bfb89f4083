"""How rows are cut into chunks: by the source and the options, never by the memory budget."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def chunk_rows(chunk_size: int, n_features: int, dtype: str | np.dtype) -> int:
    """Rows of a chunk of `chunk_size` bytes; at least one."""
    return max(1, chunk_size // (max(1, n_features) * np.dtype(dtype).itemsize))


def cut(n_rows: int, size: int) -> tuple[int, ...]:
    """Rows of each chunk when `n_rows` rows are cut every `size` rows."""
    full, rest = divmod(n_rows, size)
    return (size,) * full + ((rest,) if rest else ())


def group(sizes: Sequence[int], size: int) -> list[list[tuple[int, int, int]]]:
    """Cut parts that a file is stored in (row groups) into chunks of about `size` rows.

    A part of more than `size` rows is cut every `size` rows; smaller parts in a row are put
    together as long as they make no more than `size` rows. Empty parts vanish.

    Returns
    -------
    list of chunks, each a list of (part, first row in it, row after the last)
    """
    chunks: list[list[tuple[int, int, int]]] = []
    room = 0
    for part, rows in enumerate(sizes):
        for start in range(0, rows, size):
            stop = min(start + size, rows)
            if rows > size or stop - start > room or not chunks:
                chunks.append([])
                # Nothing joins a piece of a part that was cut, so that chunks stay aligned.
                room = 0 if rows > size else size
            chunks[-1].append((part, start, stop))
            room -= min(room, stop - start)
    return chunks
