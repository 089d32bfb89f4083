"""What a loader is: the stage in the `data` slot, from options to a `Dataset`.

Laws: reading twice gives the same rows in the same order; chunks depend on the source and the
options, never on the memory budget; every number is finite, or the error names file and rows;
no label or weight column is among the columns.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import ByteSize, model_validator

from gmmflow.stage import Field, Stage
from gmmflow.values.dataset import Dataset


@dataclass(frozen=True)
class LoadContext:
    """What a loader may know of the run.

    Attributes
    ----------
    folder : Path
        Relative paths start here: the folder of the config.
    in_memory : int
        Data of at most this many bytes (as float64 rows) are returned as an ndarray, larger
        ones as a Dask array.
    seed : int
        The seed of the run, for loaders that draw.
    """

    folder: Path = field(default_factory=Path.cwd)
    in_memory: int = 1 << 30
    seed: int = 0

    def resolve(self, path: str) -> Path:
        """Absolute path; ``~`` is the home folder."""
        return (self.folder / Path(path).expanduser()).absolute()


@dataclass(frozen=True)
class Source:
    """What a loader would read, found without reading the rows (for `plan`).

    Attributes
    ----------
    description : str
        "3 Parquet files, 12 row groups".
    n_rows : int or None
        None where only reading can tell.
    names : tuple of str
    chunks : tuple of int or None
    n_bytes : int
        On disk; 0 where nothing is read.
    dtype : str
        Of the rows.
    fingerprint : str
        That of the `Dataset`; empty where only reading can tell.
    """

    description: str
    n_rows: int | None
    names: tuple[str, ...]
    chunks: tuple[int, ...] | None
    n_bytes: int
    dtype: str = "float64"
    fingerprint: str = ""


class Loader(Stage):
    """Reads the data."""

    kind: ClassVar[str] = "loaders"

    @abstractmethod
    def load(self, context: LoadContext) -> Dataset:
        """Read the data, or prepare to read them chunk by chunk.

        Raises
        ------
        InputMissing
            A file is not there.
        DataError
            The contents cannot be used: the message names the file, and rows and columns.
        """

    @abstractmethod
    def inspect(self, context: LoadContext) -> Source:
        """What `load` would read, from names, headers and footers alone."""


class ChunkedLoader(Loader):
    """Options of every loader that cuts rows into chunks."""

    dtype: Literal["float64", "float32"] = Field(
        "float64", description="Type of the rows; float32 computes in float32, sums in float64."
    )
    chunk_size: Annotated[ByteSize, Field(ge=1)] = Field(
        ByteSize(32 << 20),
        description="Bytes of rows in one chunk, the unit of reading; it shapes the sums.",
        examples=["32MiB"],
    )


class TableLoader(ChunkedLoader):
    """Options of every loader of tables with named columns."""

    columns: tuple[str, ...] | None = Field(
        None, description="Columns to fit, in this order; by default all but weight and labels."
    )
    sample_weight: str | None = Field(None, description="Column of row weights.")
    labels: str | None = Field(None, description="Column of known classes, numbers or text.")
    missing: Literal["refuse", "drop"] = Field(
        "refuse",
        description="What to do with rows that lack a value: an error that names them, or leave "
        "them out and say how many.",
    )

    @model_validator(mode="after")
    def _roles_differ(self) -> Self:
        """A column is a feature, the weight or the label, and is named once."""
        roles = [*(self.columns or ()), self.sample_weight, self.labels]
        for name in roles:
            if name is not None and roles.count(name) > 1:
                raise ValueError(f"column {name!r} is named twice")
        if self.columns == ():
            raise ValueError("`columns` is empty; leave it out for all numeric columns")
        return self
