"""What the command line says, and exits with, when something fails."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback

from gmmflow.errors import Exit, GmmflowError
from gmmflow.run_folder.failures import exit_code


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
    code = exit_code(error)
    if isinstance(error, GmmflowError):
        _say(str(error))
    elif code is Exit.TEMPORARY:
        _say("interrupted", "run the same command again")
    elif isinstance(error, OSError) and code is Exit.NO_PERMISSION:
        _say(f"no permission: {error.filename or error}")
    elif isinstance(error, OSError) and code is Exit.IO:
        what = f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)
        _say(what, "make room, and run the same command again")
    else:
        where = "" if debug else _keep(error)
        what = f"this is a bug in gmmflow: {type(error).__name__}: {error}".rstrip(": ")
        _say(what + where, "please report it, with the output of: gmmflow version --all")
    return code


def _say(message: str, remedy: str = "") -> None:
    text = f"{message}\n  {remedy}" if remedy else message
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    mark = "\033[31merror:\033[0m" if colour else "error:"
    separator = "\n" if "\n    " in text else " "
    print(f"{mark}{separator}{_printable(text)}", file=sys.stderr)


def _printable(text: str) -> str:
    """The text with control characters spelled out: names and values may command a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


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
