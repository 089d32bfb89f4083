"""The exit code that an error gives a run, for its manifest and for the command line."""

from __future__ import annotations

from gmmflow.durable import STORAGE
from gmmflow.errors import Exit, GmmflowError


def exit_code(error: BaseException | None) -> Exit:
    """Exit code of an error; that of None is 0."""
    if error is None:
        return Exit.DONE
    if isinstance(error, GmmflowError):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return Exit.TEMPORARY
    if isinstance(error, OSError) and error.errno in STORAGE:
        return Exit.IO
    return Exit.NO_PERMISSION if isinstance(error, PermissionError) else Exit.BUG
