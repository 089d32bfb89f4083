"""Where a verb writes a table, chunk by chunk: stdout, one file, or a folder of parts.

A file is whole or not there: it gets its name when the last chunk is in it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from gmmflow.durable import refusal, whole
from gmmflow.errors import UsageError

#: Arrays (m,) by name.
Columns = dict[str, Any]

FORMATS = (".csv", ".parquet", ".npy")


class Table:
    """A table that grows; columns are the same in every chunk.

    Attributes
    ----------
    bare : bool
        It holds one array without names: add nothing but its columns.
    """

    bare: ClassVar[bool] = False

    def add(self, columns: Columns) -> None:
        """Add rows."""
        raise NotImplementedError

    def close(self) -> None:
        """Write what ends the file."""


def add_output_argument(parser: argparse.ArgumentParser, what: str) -> None:
    """Add ``--output``; `what` says what an npy file holds."""
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help=f"a .csv or .parquet file, a .npy file of {what}, or a folder (its name ends in / or "
        "it is there) of Parquet files; by default CSV on stdout",
    )


@contextmanager
def table(output: str | None, n_rows: int) -> Iterator[Table]:
    """The table for an ``--output``: CSV on stdout if there is none.

    Parameters
    ----------
    output : str or None
        A file whose name ends in one of `FORMATS`, or a folder, which gets one Parquet file a
        chunk.
    n_rows : int
        Rows that will be added in all; a npy file says so at its beginning.

    Raises
    ------
    UsageError
        The name has another end.
    OutputError, PermissionRefused, StorageError
        It cannot be written.
    """
    if output is None:
        yield _Csv(sys.stdout.write)
        return
    path = Path(output)
    if output.endswith(os.sep) or path.is_dir():
        yield _Parts(path)
        return
    if path.suffix not in FORMATS:
        raise UsageError(
            f"what kind of file shall {output} be?",
            f"its name must end in {', '.join(FORMATS)}, or in {os.sep} for a folder",
        )
    with whole(path, "--output") as file:
        made = _open(path.suffix, file, n_rows)
        yield made
        made.close()


def _open(suffix: str, file: Any, n_rows: int) -> Table:
    if suffix == ".csv":
        return _Csv(lambda text: file.write(text.encode()))
    return _Parquet(file) if suffix == ".parquet" else _Npy(file, n_rows)


class _Csv(Table):
    def __init__(self, write: Any) -> None:
        self._write = write
        self._header = True

    def add(self, columns: Columns) -> None:
        import pyarrow as pa
        from pyarrow import csv

        sink = pa.BufferOutputStream()
        options = csv.WriteOptions(include_header=self._header, quoting_style="needed")
        csv.write_csv(pa.table(columns), sink, options)
        self._write(sink.getvalue().to_pybytes().decode())
        self._header = False


class _Parquet(Table):
    def __init__(self, file: Any) -> None:
        self._file = file
        self._writer: Any = None

    def add(self, columns: Columns) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        rows = pa.table(columns)
        if self._writer is None:
            self._writer = parquet.ParquetWriter(self._file, rows.schema, compression="zstd")
        self._writer.write_table(rows)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


class _Npy(Table):
    """An array (n,) of one column, or (n, c) of several."""

    bare = True

    def __init__(self, file: Any, n_rows: int) -> None:
        self._file = file
        self._n_rows = n_rows
        self._started = False

    def add(self, columns: Columns) -> None:
        import numpy as np
        from numpy.lib import format as npy

        values = list(columns.values())
        array = values[0] if len(values) == 1 else np.stack(values, axis=1)
        if not self._started:
            header = {
                "descr": npy.dtype_to_descr(array.dtype),
                "fortran_order": False,
                "shape": (self._n_rows, *array.shape[1:]),
            }
            npy.write_array_header_1_0(self._file, header)
            self._started = True
        self._file.write(np.ascontiguousarray(array).tobytes())


class _Parts(Table):
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refusal(error, folder, "--output") from error

    def add(self, columns: Columns) -> None:
        with table(str(self._folder / f"part-{self._count:06d}.parquet"), 0) as part:
            part.add(columns)
        self._count += 1
