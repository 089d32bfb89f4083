"""Delimited files to a data set: parsed once, then held or kept as plain numbers on disk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from gmmflow.errors import DataError
from gmmflow.loaders.base import LoadContext, TableLoader
from gmmflow.loaders.reading.arrow import classes_in, part
from gmmflow.loaders.reading.checks import Where
from gmmflow.loaders.reading.chunking import chunk_rows, cut
from gmmflow.loaders.reading.files import SourceFile, fingerprint
from gmmflow.loaders.reading.labels import name_of, order
from gmmflow.loaders.reading.lazy import Part, dropped_note
from gmmflow.loaders.reading.selection import Selection, select
from gmmflow.loaders.reading.store import RowStore
from gmmflow.loaders.reading.text import Format, Header, batches, line_numbers, read_header
from gmmflow.values.dataset import Dataset

_HEADERLESS = (
    "{}: the first line holds numbers ({}, ...) and was read as the names of the columns; "
    "set `header: false` if it is a row"
)


def load(
    files: tuple[SourceFile, ...], form: Format, options: TableLoader, context: LoadContext,
    scratch: str | None = None,
) -> Dataset:  # fmt: skip
    """Read delimited files one after another.

    Rows that do not fit `context.in_memory` go to a folder that is made in `scratch`.

    Raises
    ------
    DataError
        The text cannot be cut into columns, or a number cannot be read; rows are named.
    """
    header = read_header(files[0], form)
    selection, notes = select(options, header.names, header.numeric, files[0].name)
    if form.header and all(map(_is_number, header.names)):
        notes = (*notes, _HEADERLESS.format(files[0].name, header.names[0]))
    classes: dict[str, int] = {}
    found = 0
    with RowStore(
        len(selection.names), options.dtype, selection.weight is not None,
        selection.label is not None, context.in_memory, scratch,
    ) as store:  # fmt: skip
        for file in files:
            if file is not files[0]:
                _same_columns(files[0], header, file, read_header(file, form))
            for n_rows, rows in _parts(file, form, header, selection, classes):
                found += n_rows
                store.append(rows)
    if not found:
        raise DataError(f"{files[0].path} has no rows below its header", "check what wrote it")
    if store.n_rows < found:
        notes = (*notes, dropped_note(found - store.n_rows, found))
    label_names: tuple[str, ...] = ()
    if selection.label is not None:
        label_names = order(classes, f"{files[0].name}, column {options.labels!r}")
    code = {name: i for i, name in enumerate(label_names)}
    size = chunk_rows(options.chunk_size, len(selection.names), options.dtype)
    return store.dataset(
        cut(store.n_rows, size),
        names=selection.names,
        # Codes were given as the classes appeared; -1, no label, picks the last entry.
        recode=np.asarray([*(code[name] for name in classes), -1], np.int32),
        label_names=label_names,
        fingerprint=fingerprint(files),
        notes=notes,
    )


def _same_columns(first: SourceFile, names: Header, file: SourceFile, other: Header) -> None:
    if names.names != other.names:
        differ = [name for name in other.names if name not in names.names] or list(other.names)
        raise DataError(
            f"{file.name} has other columns than {first.name}: {', '.join(differ[:5])}",
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
