"""Which component each row belongs to, written chunk by chunk where the rows are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from gmmflow import durable
from gmmflow.errors import OutputError, StageError
from gmmflow.reporters.base import Labelled, ReportContext, Reporter, Scan, Watcher
from gmmflow.stage import Field
from gmmflow.values.result import Result

FOLDER_NAME = "assignments"


class Assignments(Reporter):
    """One file a chunk: ``assignments/part-000000.parquet``, rows in input order.

    Columns: ``row`` (int64, index of the row in the data), ``component`` (int32, from 0, of the
    largest responsibility), ``max_resp`` (that responsibility), ``log_density`` (natural log of
    the mixture density in data units), and on request ``resp_0``, ``resp_1``, ... (float32).
    """

    type: Literal["assignments"] = "assignments"
    format: Literal["parquet", "csv"] = Field("parquet", description="Format of the files.")
    responsibilities: bool = Field(
        False, description="Also write the responsibility of every component, resp_0, resp_1, ..."
    )

    @property
    def files(self) -> tuple[str, ...]:
        """One file a chunk."""
        return (f"{FOLDER_NAME}/part-*",)

    def watch(self, context: ReportContext) -> Watcher:
        """Write below the run folder."""
        folder = context.run_folder(self.type) / FOLDER_NAME
        return _Assignments(WritePart(str(folder), self.format, self.responsibilities))


class Part(NamedTuple):
    """A file that was written: the index of its chunk, its rows and its bytes."""

    chunk: int
    rows: int
    size: int


@dataclass(frozen=True)
class WritePart:
    """Task that writes the file of one chunk; a repeated task replaces its own file.

    Attributes
    ----------
    folder : str
        Absolute path, the same on every worker.
    format : {"parquet", "csv"}
    responsibilities : bool
    """

    folder: str
    format: str
    responsibilities: bool

    def path(self, chunk: int) -> Path:
        """File of the chunk of this index."""
        return Path(self.folder) / f"part-{chunk:06d}.{self.format}"

    def __call__(self, labelled: Labelled) -> Part:
        """Write the chunk's file."""
        import pyarrow

        table = pyarrow.table(columns(labelled, self.responsibilities))
        sink = pyarrow.BufferOutputStream()
        _WRITERS[self.format](table, sink)
        index = labelled.chunk.index
        size = durable.write(self.path(index), [memoryview(sink.getvalue())])
        return Part(index, table.num_rows, size)


def columns(labelled: Labelled, responsibilities: bool) -> dict[str, np.ndarray]:
    """Columns of one part, each (m,)."""
    chunk, resp = labelled.chunk, labelled.resp
    component = resp.argmax(axis=1).astype(np.int32)
    table = {
        "row": np.arange(chunk.first_row, chunk.first_row + len(resp), dtype=np.int64),
        "component": component,
        "max_resp": resp[np.arange(len(resp)), component].astype(np.float64),
        "log_density": np.asarray(labelled.log_density, dtype=np.float64),
    }
    if responsibilities:
        # float32 halves the largest columns and is finer than responsibilities are certain.
        for i in range(resp.shape[1]):
            table[f"resp_{i}"] = resp[:, i].astype(np.float32)
    return table


def _write_parquet(table: Any, sink: Any) -> None:
    from pyarrow import parquet

    parquet.write_table(table, sink, compression="zstd")


def _write_csv(table: Any, sink: Any) -> None:
    from pyarrow import csv

    csv.write_csv(table, sink)


_WRITERS: dict[str, Callable[[Any, Any], None]] = {"parquet": _write_parquet, "csv": _write_csv}


class _Assignments(Watcher):
    def __init__(self, task: WritePart) -> None:
        self._task = task

    def finish(self, result: Result, scan: Scan) -> None:
        self._clear()
        written = list(scan(self._task))
        self._check_seen(written)
        rows = sum(part.rows for part in written)
        if rows != result.data.n_rows:
            raise StageError(
                f"{self._task.folder}: {rows} rows were written, but the data have "
                f"{result.data.n_rows}.",
                "The executor left out or repeated chunks; please report this with the config.",
            )

    def _clear(self) -> None:
        # Parts of an earlier run with more chunks would be read as part of this one.
        folder = Path(self._task.folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for pattern in ("part-*", f".part-*{durable.TEMPORARY}"):
                for old in folder.glob(pattern):
                    old.unlink()
        except OSError as error:
            raise durable.refusal(error, folder) from error

    def _check_seen(self, written: list[Part]) -> None:
        # A worker with a disk of its own would have written where nobody looks.
        for part in written:
            path = self._task.path(part.chunk)
            if not path.is_file() or path.stat().st_size != part.size:
                raise OutputError(
                    f"{path}: a worker wrote it, but it cannot be seen here.",
                    "Set `output:` to a folder on a file system that all workers share.",
                )
