"""Folders of numbers that were parsed from text: deleted at the end, or kept for other runs."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

from gmmflow.errors import OutputError


class Folder:
    """A folder that holds rows; copies in other processes know the path and own nothing."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Folder, (self.path,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.path!r})"

    def file(self, name: str) -> Path:
        """Path of a file in the folder."""
        return Path(self.path) / name


class Scratch(Folder):
    """A new folder that is deleted when its last reader in this process is gone, or at exit.

    Raises
    ------
    OutputError
        It cannot be made in `folder`, or in the system's temporary folder.
    """

    def __init__(self, folder: str | None) -> None:
        try:
            super().__init__(tempfile.mkdtemp(prefix="gmmflow-", dir=folder))
        except OSError as error:
            raise OutputError(
                f"cannot create a scratch folder in {folder or tempfile.gettempdir()}: "
                f"{error.strerror}",
                "set `scratch:` to a folder that can be written and has room for the rows",
            ) from error
        weakref.finalize(self, _remove, self.path, os.getpid())


def _remove(path: str, owner: int) -> None:
    # A forked child runs the finalizers of its parent too.
    if os.getpid() == owner:
        shutil.rmtree(path, ignore_errors=True)
