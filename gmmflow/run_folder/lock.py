"""One run at a time in a folder: the lock ends with the process, however it ends."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from gmmflow.durable import refusal
from gmmflow.errors import Interrupted


class FolderLock:
    """A lock on a folder itself, so that no file is left in it.

    Raises
    ------
    Interrupted
        Another run holds it.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = -1
        try:
            import fcntl
        except ImportError:  # not on Windows
            return
        try:
            self._descriptor = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise refusal(error, path) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.release()
            # Some network file systems lock no folders; there we do without.
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                raise Interrupted(
                    f"{path}: another run is at work in this folder",
                    "wait for it and run again, or name another folder with `output:`",
                ) from None

    def release(self) -> None:
        """Let others in."""
        if self._descriptor >= 0:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1
