"""Write a file so that a reader finds all of it or nothing, also after a power cut."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from gmmflow.errors import GmmflowError, OutputError, PermissionRefused, StorageError

#: The device failed or is full, rather than: we may not write there.
STORAGE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})

TEMPORARY = ".tmp"


@contextmanager
def whole(path: Path, option: str = "`output:`") -> Iterator[BinaryIO]:
    """A new file under a unique temporary name, flushed to the disk and given its name at the end.

    Parameters
    ----------
    path : Path
        An older file of this name is replaced, once the new one is whole.
    option : str
        What the user calls the place, for the remedy.

    Raises
    ------
    StorageError
        The disk is full, or the system reported an I/O error.
    PermissionRefused
        The system refused access.
    OutputError
        The folder is not there, or cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{uuid4().hex}{TEMPORARY}")
    try:
        try:
            with open(temporary, "xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise refusal(error, path, option) from error


def write(path: Path, parts: Iterable[bytes | memoryview]) -> int:
    """Write a whole file of these parts, in order; how many bytes it has. Errors as of `whole`."""
    with whole(path) as file:
        return sum(file.write(part) for part in parts)


def refusal(error: OSError, path: Path, option: str = "`output:`") -> GmmflowError:
    """The error a user should see when `path` could not be written, as `option` names it."""
    why = os.strerror(error.errno) if error.errno else str(error)
    message = f"{path}: could not be written: {why}."
    if error.errno in STORAGE:
        return StorageError(
            message, f"Free some space or set {option} to a folder on another disk, then run again."
        )
    if isinstance(error, PermissionError):
        return PermissionRefused(
            message, f"Change its permissions, or set {option} to a folder that you may write to."
        )
    return OutputError(
        message, f"Set {option} to a folder that exists or can be made, and that you may write to."
    )


def sync_folder(folder: Path) -> None:
    """Make what was renamed in a folder durable: without this a power cut may undo it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
