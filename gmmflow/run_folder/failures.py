"""From what the system said about a file of a run folder to the error a user should see."""

from __future__ import annotations

import errno
from pathlib import Path

from gmmflow.errors import Exit, GmmflowError, OutputError, PermissionRefused, StorageError

_STORAGE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
_PERMISSION = frozenset({errno.EACCES, errno.EPERM})


def refusal(error: OSError, path: Path) -> GmmflowError:
    """The error of ours: no permission, no room, or a path that cannot be a folder."""
    why = error.strerror or str(error)
    if error.errno in _STORAGE:
        return StorageError(
            f"{path}: {why}", "make room, or name a folder on another disk with `output:`"
        )
    if error.errno in _PERMISSION:
        return PermissionRefused(
            f"{path}: no permission to write there",
            "change its permissions, or name another folder with `output:`",
        )
    return OutputError(
        f"{path}: cannot be written: {why}",
        "name a folder that exists, or that can be made, with `output:`",
    )


def exit_code(error: BaseException | None) -> Exit:
    """Exit code that a run ends with."""
    if error is None:
        return Exit.DONE
    if isinstance(error, GmmflowError):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return Exit.TEMPORARY
    if isinstance(error, OSError) and error.errno in _STORAGE:
        return Exit.IO
    return Exit.NO_PERMISSION if isinstance(error, PermissionError) else Exit.BUG
