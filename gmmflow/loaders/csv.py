"""`csv`: delimited text files."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ByteSize, model_validator

from gmmflow.loaders.base import LoadContext, Source, TableLoader
from gmmflow.loaders.reading.cache import Cache
from gmmflow.loaders.reading.delimited import load
from gmmflow.loaders.reading.files import SourceFile, find
from gmmflow.loaders.reading.fingerprint import fingerprint
from gmmflow.loaders.reading.selection import select
from gmmflow.loaders.reading.text import Format, read_header
from gmmflow.loaders.reading.unpacked import ENDINGS
from gmmflow.stage import Field
from gmmflow.values.dataset import Dataset


class Csv(TableLoader):
    """Text files of the same columns, plain or packed (gzip, zstd, bz2, lz4).

    Text is parsed once, as a stream. Rows that do not fit in memory are kept as numbers: in a
    scratch folder, which is deleted at the end, or in a cache, where later runs find them.
    """

    type: Literal["csv"] = "csv"
    path: str | tuple[str, ...] = Field(
        description="File, glob, folder, URL, or a list of these; relative to the config's "
        "folder. Files of a glob or folder are read in natural order: part-2 before part-10.",
        examples=["table.csv", "parts/*.csv.gz"],
    )
    delimiter: str = Field(",", min_length=1, max_length=1, description="What separates values.")
    header: bool = Field(
        True, description="Whether the first row holds the names; else they are x0, x1, ..."
    )
    types: dict[str, Literal["number", "text"]] | None = Field(
        None,
        description="Every column in its order with its type: nothing is guessed, files with "
        "other columns are refused, and columns without a header get these names.",
        examples=[{"length": "number", "species": "text"}],
    )
    scratch: str | None = Field(
        None,
        description="Folder for the binary copy of a table larger than memory, by default the "
        "system's temporary folder; workers on other machines must see it.",
    )
    cache: str | None = Field(
        None,
        description="Folder where the binary copy is kept, and found by later runs on the same "
        "files, instead of `scratch`; workers on other machines must see it.",
        examples=["~/.cache/gmmflow"],
    )
    cache_size: Annotated[ByteSize, Field(ge=1)] = Field(
        ByteSize(64 << 30),
        description="Bytes that all copies in `cache` may take; those not used for long go first.",
        examples=["64GiB"],
    )

    @model_validator(mode="after")
    def _one_copy(self) -> Self:
        """A copy is either deleted or kept."""
        if self.scratch is not None and self.cache is not None:
            raise ValueError("`scratch` is deleted and `cache` is kept: give one of them")
        if self.types == {}:
            raise ValueError("`types` is empty; leave it out to have them found out")
        return self

    def load(self, context: LoadContext) -> Dataset:
        """Read the data, or prepare to read them chunk by chunk."""
        scratch = cache = None
        if self.scratch is not None:
            scratch = str(context.resolve(self.scratch))
        if self.cache is not None:
            cache = Cache(context.resolve(self.cache), self.cache_size)
        return load(self._files(context), self._format, self, context, scratch, cache)

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
        return Format(self.delimiter, self.header, tuple((self.types or {}).items()))

    def _files(self, context: LoadContext) -> tuple[SourceFile, ...]:
        below = rf".*\.(csv|tsv|txt)({ENDINGS})?"
        return find(self.path, context, below=below, kind="CSV")
