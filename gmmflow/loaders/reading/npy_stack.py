"""Folders that Dask's ``to_npy_stack`` wrote: .npy files, and a pickle that says how they join.

A pickle runs what it wants when it is loaded, so it is never loaded: its opcodes are walked, and
the one number that matters, the axis, is taken from them.
"""

from __future__ import annotations

import pickletools
from collections.abc import Sequence

from gmmflow.errors import DataError
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.reading.files import SourceFile, system_errors
from gmmflow.loaders.reading.places import locate, shown

#: Name of the pickle.
_INFO = "info"
#: It holds a number or two for each file.
_LARGEST = 64 << 20
_MEMO = {"MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT"}


def refuse_other_axis(paths: str | Sequence[str], context: LoadContext) -> None:
    """Raise where a folder holds pieces that do not follow one another row by row.

    Raises
    ------
    DataError
        The array was stacked along its columns.
    """
    for path in (paths,) if isinstance(paths, str) else paths:
        place, full = locate(path, context.folder)
        at = f"{full.rstrip('/')}/{_INFO}"
        try:
            status = place.look(at)
        except OSError:
            continue  # a plain file, a glob, or a folder without it
        if status is None or status.size > _LARGEST:
            continue
        with system_errors(at), SourceFile(at, status).open() as stream:
            axis = _axis(stream.read())
        if axis:
            raise DataError(
                f"{shown(full)} holds an array that is cut along axis {axis}, and rows are needed "
                "in one piece",
                "write it with dask.array.to_npy_stack(folder, x, axis=0)",
            )


def _axis(content: bytes) -> int:
    """The number that follows "axis" in a pickle; 0 if it is none."""
    try:
        after = False
        for opcode, value, _ in pickletools.genops(content):
            if opcode.name in _MEMO:
                continue
            if after:
                return value if isinstance(value, int) else 0
            after = value == "axis"
    except ValueError:  # no pickle: some other file of that name
        pass
    return 0
