"""Delimited files to a data set: parsed once, then held or kept as plain numbers on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.base import LoadContext, TableLoader
from gmmflow.loaders.reading.arrow import classes_in, part
from gmmflow.loaders.reading.cache import Cache, Table
from gmmflow.loaders.reading.checks import Where
from gmmflow.loaders.reading.chunking import chunk_rows, cut
from gmmflow.loaders.reading.files import SourceFile
from gmmflow.loaders.reading.fingerprint import fingerprint
from gmmflow.loaders.reading.folders import Scratch
from gmmflow.loaders.reading.labels import name_of, order
from gmmflow.loaders.reading.lazy import ALL_ZERO, NOTHING_LEFT, Part, assemble, dropped_note
from gmmflow.loaders.reading.selection import Selection, select
from gmmflow.loaders.reading.store import RowStore
from gmmflow.loaders.reading.text import Format, Header, batches, line_numbers, read_header
from gmmflow.values.dataset import Dataset

_CROWDED = "the cache in {} is {} bytes larger than `cache_size`, as other runs use what is in it"
_HEADERLESS = (
    "{}: the first line holds numbers ({}, ...) and was read as the names of the columns; "
    "set `header: false` if it is a row"
)


def load(
    files: tuple[SourceFile, ...], form: Format, options: TableLoader, context: LoadContext,
    scratch: str | None = None, cache: Cache | None = None,
) -> Dataset:  # fmt: skip
    """Read delimited files one after another.

    Parameters
    ----------
    files : tuple of SourceFile
    form : Format
    options : TableLoader
    context : LoadContext
    scratch : str, optional
        Rows that do not fit `context.in_memory` go to a folder that is made here.
    cache : Cache, optional
        Where the rows are kept, and found if they were parsed before.

    Raises
    ------
    DataError
        The text cannot be cut into columns, or a number cannot be read; rows are named.
    """
    header = read_header(files[0], form)
    selection, notes = select(options, header.names, header.numeric, files[0].name)
    if form.header and all(map(_is_number, header.names)):
        notes = (*notes, _HEADERLESS.format(files[0].name, header.names[0]))
    text = Text(files, form, header, selection)
    mark = fingerprint(files)
    if cache is None:
        with RowStore(*text.shape, context.in_memory, partial(Scratch, scratch)) as store:
            found, classes = text.parse_into(store)
        kept, any_weight = store.n_rows, store.any_weight
    else:
        table, notes = _cached(cache, text, mark, notes)
        found, classes, kept = table.found, table.classes, table.rows.n_rows
        any_weight = table.any_weight
    _refuse_nothing(kept, selection.weight is None or any_weight)
    if kept < found:
        notes = (*notes, dropped_note(found - kept, found))
    label_names: tuple[str, ...] = ()
    if selection.label is not None:
        label_names = order(classes, f"{files[0].name}, column {options.labels!r}")
    code = {name: i for i, name in enumerate(label_names)}
    size = chunk_rows(options.chunk_size, len(selection.names), options.dtype)
    sizes = cut(kept, size)
    # Codes were given as the classes appeared; -1, no label, picks the last entry.
    recode = np.asarray([*(code[name] for name in classes), -1], np.int32)
    if cache is None:
        return store.dataset(sizes, selection.names, recode, label_names, mark, notes)
    return assemble(
        table.rows.pieces(sizes, recode), selection.names, options.dtype,
        in_memory=context.in_memory, weighted=selection.weight is not None,
        label_names=label_names, fingerprint=mark, notes=notes,
    )  # fmt: skip


@dataclass(frozen=True)
class Text:
    """Files of the same columns, and which of these are read."""

    files: tuple[SourceFile, ...]
    form: Format
    header: Header
    selection: Selection

    @property
    def shape(self) -> tuple[int, str, bool, bool]:
        """Columns, type, and whether there are weights and labels: what a `RowStore` asks."""
        chosen = self.selection
        return (
            len(chosen.names), chosen.dtype, chosen.weight is not None, chosen.label is not None,
        )  # fmt: skip

    def parse_into(self, store: RowStore) -> tuple[int, tuple[str, ...]]:
        """Put all rows into a store: rows that were found, and the classes as they appeared."""
        classes: dict[str, int] = {}
        found = 0
        for file in self.files:
            if file is not self.files[0]:
                _same_columns(self.files[0], self.header, file, read_header(file, self.form))
            for n_rows, rows in _parts(file, self.form, self.header, self.selection, classes):
                found += n_rows
                store.append(rows)
        if not found:
            what = "below its header" if self.form.header else "in it"
            raise DataError(f"{self.files[0]} has no rows {what}", "check what wrote it")
        return found, tuple(classes)


def _cached(
    cache: Cache, text: Text, mark: str, notes: tuple[str, ...]
) -> tuple[Table, tuple[str, ...]]:
    """The rows of a cache, parsed now if they are not there."""
    key = cache.key(mark, text.form, text.header.names, text.selection)
    if (table := cache.find(key)) is not None:
        return table, notes
    folder = cache.begin(key)
    try:
        with RowStore(
            *text.shape, -1, lambda: folder, durable=True, largest=cache.largest
        ) as store:
            found, classes = text.parse_into(store)
        _refuse_nothing(store.n_rows, True)
        rows = store.stored()
        assert rows is not None
        table, excess = cache.finish(key, Table(rows, found, store.any_weight, classes))
    except BaseException:
        cache.abandon(folder)
        raise
    if excess:
        notes = (*notes, _CROWDED.format(cache.folder, excess))
    return table, notes


def _refuse_nothing(n_rows: int, any_weight: bool) -> None:
    if not n_rows:
        raise DataError(NOTHING_LEFT, "choose other `columns:`")
    if not any_weight:
        raise DataError(ALL_ZERO, "at least one row must count")


def _same_columns(first: SourceFile, names: Header, file: SourceFile, other: Header) -> None:
    if names.names != other.names:
        differ = [name for name in other.names if name not in names.names]
        differ += [f"no {name}" for name in names.names if name not in other.names]
        said = ", ".join(differ[:5]) or "they are in another order"
        raise DataError(
            f"{file.name} has other columns than {first.name}: {said}",
            "read files of the same columns, in the same order, only",
        )


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _parts(
    file: SourceFile, form: Format, header: Header, selection: Selection, classes: dict[str, int]
) -> Iterator[tuple[int, Part]]:
    """Rows found and rows kept, block by block; `classes` grows as labels appear."""
    numbers = tuple(i for i in selection.read if i != selection.label)
    texts = () if selection.label is None else (selection.label,)
    first = 1
    for columns in batches(file, form, header, numbers, texts):
        if selection.label is not None:
            for value in classes_in(columns[selection.label])[0]:
                name = name_of(value)
                if name is not None:
                    classes.setdefault(name, len(classes))
        where = Where(file.name, first, partial(line_numbers, file, form))
        n_rows = len(next(iter(columns.values())))
        yield n_rows, part(columns, selection, tuple(classes), where)
        first += n_rows
