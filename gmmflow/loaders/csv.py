"""`csv`: delimited text files."""

from __future__ import annotations

from typing import Literal

from gmmflow.loaders.base import LoadContext, Source, TableLoader
from gmmflow.loaders.reading.delimited import load
from gmmflow.loaders.reading.files import SourceFile, find, fingerprint
from gmmflow.loaders.reading.selection import select
from gmmflow.loaders.reading.text import Format, read_header
from gmmflow.stage import Field
from gmmflow.values.dataset import Dataset


class Csv(TableLoader):
    """One or several text files of the same columns, plain or compressed (.gz, .bz2, ...).

    Text is parsed once; rows that do not fit in memory are kept as numbers in a scratch folder,
    which is deleted at the end.
    """

    type: Literal["csv"] = "csv"
    path: str = Field(
        description="File or glob, relative to the config's folder; several files are read in "
        "sorted order.",
        examples=["table.csv", "parts/*.csv"],
    )
    delimiter: str = Field(",", min_length=1, max_length=1, description="What separates values.")
    header: bool = Field(
        True, description="Whether the first row holds the names; else they are x0, x1, ..."
    )
    scratch: str | None = Field(
        None,
        description="Folder for the binary copy of a table larger than memory, by default the "
        "system's temporary folder; workers on other machines must see it.",
    )

    def load(self, context: LoadContext) -> Dataset:
        """Read the data, or prepare to read them chunk by chunk."""
        scratch = None
        if self.scratch is not None:
            scratch = str(context.resolve(self.scratch))
        return load(self._files(context), self._format, self, context, scratch)

    def inspect(self, context: LoadContext) -> Source:
        """What `load` would read."""
        files = self._files(context)
        header = read_header(files[0], self._format)
        selection, _ = select(self, header.names, header.numeric, files[0].name)
        return Source(
            description=f"{len(files)} CSV file{'s' * (len(files) > 1)}",
            n_rows=None,
            names=selection.names,
            chunks=None,
            n_bytes=sum(file.size for file in files),
            dtype=self.dtype,
            fingerprint=fingerprint(files),
        )

    @property
    def _format(self) -> Format:
        return Format(self.delimiter, self.header)

    def _files(self, context: LoadContext) -> tuple[SourceFile, ...]:
        return find(self.path, context, glob=True)
