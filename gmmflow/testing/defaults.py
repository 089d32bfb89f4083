"""Options for our own stages that cannot be built without: files to read, columns to choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gmmflow.stage import Stage
from gmmflow.testing.data import COLUMNS, groups

Options = Mapping[str, Any] | Callable[[Path], Mapping[str, Any]]


def write_csv(folder: Path) -> dict[str, Any]:
    """A table of numbers with a weight and a class."""
    rows, labels = groups()
    lines = [",".join((*COLUMNS, "weight", "class"))]
    for index, (row, label) in enumerate(zip(rows.tolist(), labels.tolist(), strict=True)):
        lines.append(",".join([*map(repr, row), str(1 + index % 3), "abc"[label]]))
    (folder / "rows.csv").write_text("\n".join(lines) + "\n")
    return {"path": "rows.csv", "sample_weight": "weight", "labels": "class", "chunk_size": 4096}


def write_npy(folder: Path) -> dict[str, Any]:
    """An array of rows."""
    np.save(folder / "rows.npy", groups()[0])
    return {"path": "rows.npy", "chunk_size": 4096}


def write_parquet(folder: Path) -> dict[str, Any]:
    """A table of several row groups, with a weight and a class."""
    import pyarrow
    from pyarrow import parquet

    rows, labels = groups()
    columns = dict(zip(COLUMNS, rows.T, strict=True))
    table = pyarrow.table(
        {
            **columns,
            "weight": 1.0 + np.arange(len(rows)) % 3,
            "class": [("abc")[label] for label in labels],
        }
    )
    parquet.write_table(table, folder / "rows.parquet", row_group_size=97)
    return {
        "path": "rows.parquet",
        "sample_weight": "weight",
        "labels": "class",
        "chunk_size": 4096,
    }


def write_hdf5(folder: Path) -> dict[str, Any]:
    """Rows, weights and classes as HDF5 datasets."""
    import h5py

    with h5py.File(folder / "rows.h5", "w") as file:
        for name, values in _arrays().items():
            file.create_dataset(name, data=values)
    return {"path": "rows.h5", "dataset": tuple(_arrays()), **_ROLES}


def write_zarr(folder: Path) -> dict[str, Any]:
    """Rows, weights and classes as the arrays of a Zarr group."""
    import zarr

    group = zarr.open_group(folder / "rows.zarr", mode="w")
    for name, values in _arrays().items():
        group.create_array(name, data=values, chunks=(50, *values.shape[1:]))
    return {"path": "rows.zarr", "array": tuple(_arrays()), **_ROLES}


_ROLES = {"sample_weight": "weight", "labels": "class", "chunk_size": 4096}


def _arrays() -> dict[str, np.ndarray]:
    rows, labels = groups()
    return {"rows": rows, "weight": np.linspace(0.5, 2.0, len(rows)), "class": labels}


#: By kind and type.
OPTIONS: dict[tuple[str, str], Options] = {
    ("convergence", "time_budget"): {"seconds": 60.0},
    ("initializers", "given"): {"parameters": {"means": [[0.0, 0.0], [5.0, 1.0], [1.0, 6.0]]}},
    ("loaders", "builtin"): {"name": "old_faithful"},
    ("loaders", "csv"): write_csv,
    ("loaders", "hdf5"): write_hdf5,
    ("loaders", "npy"): write_npy,
    ("loaders", "parquet"): write_parquet,
    ("loaders", "synthetic"): {"n_rows": 2000, "labels": True, "chunk_size": 4096},
    ("loaders", "zarr"): write_zarr,
    ("transforms", "select"): {"columns": (COLUMNS[1],)},
}


def example_options(cls: type[Stage]) -> Options:
    """Options that build one of our own stages; none for any other."""
    return OPTIONS.get((cls.kind, cls.model_fields["type"].default), {})
