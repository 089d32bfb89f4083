"""What the command line says, and exits with, when something fails."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback

from gmmflow.errors import Exit, GmmflowError, StorageError

_FULL_OR_BROKEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def report_failure(error: BaseException, debug: bool) -> int:
    """Say on stderr what failed.

    Parameters
    ----------
    error : BaseException
    debug : bool
        Whether to show the traceback.

    Returns
    -------
    int
        The exit code.
    """
    if debug:
        traceback.print_exception(error)
    if isinstance(error, GmmflowError):
        _say(str(error))
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        _say("interrupted", "run the same command again")
        return Exit.TEMPORARY
    if isinstance(error, PermissionError):
        _say(f"no permission: {error.filename or error}")
        return Exit.NO_PERMISSION
    if isinstance(error, OSError) and error.errno in _FULL_OR_BROKEN:
        what = f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)
        _say(what, "make room, and run the same command again")
        return StorageError.exit_code
    where = "" if debug else _keep(error)
    what = f"this is a bug in gmmflow: {type(error).__name__}: {error}".rstrip(": ")
    _say(what + where, "please report it, with the output of: gmmflow version --all")
    return Exit.BUG


def _say(message: str, remedy: str = "") -> None:
    text = f"{message}\n  {remedy}" if remedy else message
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    mark = "\033[31merror:\033[0m" if colour else "error:"
    separator = "\n" if "\n    " in text else " "
    print(f"{mark}{separator}{text}", file=sys.stderr)


def _keep(error: BaseException) -> str:
    """Write the traceback to a file of its own, so that a long run need not be repeated."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="gmmflow-traceback-", suffix=".txt", delete=False
        ) as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return "\n  --debug shows the traceback"
    return f"\n  the traceback is in {file.name}, and --debug shows it"
