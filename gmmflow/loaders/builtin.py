"""`builtin`: the small data sets that come with gmmflow."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import gmmflow
from gmmflow.loaders.base import LoadContext, Source, TableLoader
from gmmflow.loaders.reading.delimited import load
from gmmflow.loaders.reading.files import SourceFile, find
from gmmflow.loaders.reading.selection import select
from gmmflow.loaders.reading.text import Format, read_header
from gmmflow.stage import Field
from gmmflow.values.dataset import Dataset


class Builtin(TableLoader):
    """A data set from the literature.

    ``old_faithful``: 272 eruptions of the geyser, their length and the wait before the next, both
    in minutes (Azzalini and Bowman 1990). ``iris``: 150 flowers, four lengths in cm, and
    ``Species``, three of 50 each (Anderson 1935; Fisher 1936).
    """

    type: Literal["builtin"] = "builtin"
    name: Literal["iris", "old_faithful"] = Field(description="Which data set.")

    def load(self, context: LoadContext) -> Dataset:
        """Read the data, or prepare to read them chunk by chunk."""
        return load(self._files(), Format(), self, context)

    def inspect(self, context: LoadContext) -> Source:
        """What `load` would read."""
        (file,) = self._files()
        header = read_header(file, Format())
        selection, _ = select(self, header.names, header.numeric, file.name)
        return Source(
            description=f"{self.name}, which comes with gmmflow",
            n_rows=None,
            names=selection.names,
            chunks=None,
            n_bytes=file.size,
            dtype=self.dtype,
        )

    def _files(self) -> tuple[SourceFile, ...]:
        folder = Path(gmmflow.__file__).parent / "data"
        return find(f"{self.name}.csv", LoadContext(folder))
