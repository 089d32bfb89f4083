"""Write a file so that a reader finds all of it or nothing, also after a power cut."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from gmmflow.errors import GmmflowError, OutputError, PermissionRefused, StorageError

#: The device failed or is full, rather than: we may not write there.
STORAGE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})

TEMPORARY = ".tmp"


def write(path: Path, parts: Iterable[bytes | memoryview]) -> int:
    """Write a file under a unique temporary name, flush it to the disk, then give it its name.

    Parameters
    ----------
    path : Path
        An older file of this name is replaced.
    parts : iterable of bytes
        What the file holds, in order.

    Returns
    -------
    int
        Bytes written.

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
        size = 0
        try:
            with open(temporary, "xb") as file:
                for part in parts:
                    size += file.write(part)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise refusal(error, path) from error
    return size


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


def _sync_folder(folder: Path) -> None:
    # A rename is durable once its folder is: without this a power cut may undo it.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
