"""Dask arrays as a data set: never computed here, checked when they are read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.python.columns import check_length, column_names, distinct, to_codes
from gmmflow.loaders.python.frames import to_numbers
from gmmflow.loaders.reading.checks import in_array, present
from gmmflow.loaders.reading.labels import encode, name_of, order
from gmmflow.values.dataset import Dataset


def from_dask(x: Any, sample_weight: Any, labels: Any, names: Sequence[str] | None) -> Dataset:
    """Dataset of a Dask array (n, d) or (n,); arguments as for `from_arrays`."""
    import dask.array as da

    notes: tuple[str, ...] = ()
    if x.dtype.kind not in "fiub":
        raise DataError(f"x holds {x.dtype}, and real numbers are needed", "convert it first")
    if any(math.isnan(size) for sizes in x.chunks for size in sizes):
        raise DataError(
            "x is a Dask array of unknown chunk sizes", "call x.compute_chunk_sizes() first"
        )
    if x.ndim == 1:
        x = x[:, None]
    if x.ndim != 2:
        raise DataError(f"x has shape {x.shape}; (rows, columns) is needed", "reshape it")
    if not x.size:
        raise DataError(f"x is empty: its shape is {x.shape}", "give at least one row")
    if x.numblocks[1] > 1:
        notes = (
            f"x was cut in {x.numblocks[1]} along its columns and is put together row by row; "
            f"rechunk({{1: -1}}) before storing it saves this in every sweep",
        )
        x = x.rechunk({0: x.chunks[0], 1: -1})
    names = column_names(names, x.shape[1])
    if x.dtype not in (np.float32, np.float64):
        x = x.astype(np.float64)
    n_rows, all_sizes = x.shape[0], x.chunks[0]
    kept = [i for i, size in enumerate(all_sizes) if size]
    x = _without_empty(x.map_blocks(_checked, names=names, dtype=x.dtype, meta=_meta(x)), kept)
    weight = codes = None
    if sample_weight is not None:
        weight = _aligned(sample_weight, n_rows, all_sizes, "sample_weight").astype(np.float64)
        weight = _without_empty(
            weight.map_blocks(_checked_weight, dtype=np.float64, meta=np.empty(0)), kept
        )
    classes: tuple[str, ...] = ()
    if labels is not None and hasattr(labels, "dask"):
        labels = _aligned(labels, n_rows, all_sizes, "labels")
        classes = _classes(labels)
        codes = labels.map_blocks(_coded, classes=classes, dtype=np.int32, meta=np.empty(0, "i4"))
    elif labels is not None:
        codes, classes = to_codes(labels, n_rows)
        codes = da.from_array(codes, chunks=(all_sizes,))
    return Dataset(
        rows=x,
        names=names,
        chunks=tuple(all_sizes[i] for i in kept),
        sample_weight=weight,
        labels=None if codes is None else _without_empty(codes, kept),
        label_names=classes,
        fingerprint=f"dask:{x.name} {x.shape}",
        notes=notes,
    )


def _meta(x: Any) -> np.ndarray:
    return np.empty((0, 0), x.dtype)


def _without_empty(x: Any, kept: list[int]) -> Any:
    return x if len(kept) == x.numblocks[0] else x.blocks[kept]


def _aligned(values: Any, n_rows: int, sizes: tuple[int, ...], what: str) -> Any:
    """Weights or labels as a Dask array (n,) in the chunks of the rows."""
    import dask.array as da

    if hasattr(values, "dask"):
        if any(math.isnan(size) for sizes in values.chunks for size in sizes):
            raise DataError(f"{what} has unknown chunk sizes", "call compute_chunk_sizes() first")
        check_length(values, n_rows, what)
        return values.rechunk((sizes,))
    return da.from_array(check_length(to_numbers(values, what), n_rows, what), chunks=(sizes,))


def _first_row(block_info: Any) -> int:
    return 1 + int(block_info[0]["array-location"][0][0]) if block_info else 1


def _checked(block: np.ndarray, names: tuple[str, ...], block_info: Any = None) -> np.ndarray:
    present(block, names, in_array(_first_row(block_info)))
    return block


def _checked_weight(block: np.ndarray, block_info: Any = None) -> np.ndarray:
    present(np.empty((len(block), 0)), (), in_array(_first_row(block_info)), block)
    return block


def _classes(labels: Any) -> tuple[str, ...]:
    """Classes of a Dask array of labels, from one pass over it."""
    from dask.base import compute
    from dask.delayed import delayed

    found = compute(*[delayed(_names_in)(part) for part in labels.to_delayed()])
    return order(set().union(*found), "labels")


def _names_in(labels: np.ndarray) -> set[str]:
    return {name for v in distinct(labels)[0] if (name := name_of(v)) is not None}


def _coded(labels: np.ndarray, classes: tuple[str, ...]) -> np.ndarray:
    return encode(*distinct(labels), classes)
