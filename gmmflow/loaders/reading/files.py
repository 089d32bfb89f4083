"""Files that a loader reads: found, checked and identified before anything is read."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from glob import glob as expand
from glob import has_magic
from pathlib import Path
from typing import BinaryIO

from gmmflow.errors import DataError, GmmflowError, InputMissing, PermissionRefused, StorageError
from gmmflow.loaders.base import LoadContext

#: Bytes at either end of a file that its fingerprint covers: headers and footers.
_EDGE = 1 << 16


@dataclass(frozen=True)
class SourceFile:
    """A file as it was when the reading was prepared: small and picklable.

    Attributes
    ----------
    path : str
        Absolute.
    size, mtime_ns : int
        Bytes and time of the last change, checked again whenever the file is opened.
    """

    path: str
    size: int
    mtime_ns: int

    @property
    def name(self) -> str:
        """Name without the folder, for messages about rows."""
        return Path(self.path).name

    def check(self) -> None:
        """Raise an error if the file is gone or is no longer the one that was found."""
        try:
            now = Path(self.path).stat()
        except OSError as error:
            raise unreadable(self.path, error) from error
        if (now.st_size, now.st_mtime_ns) != (self.size, self.mtime_ns):
            raise DataError(
                f"{self.path} was changed while it was being used",
                "run again when nothing else writes to it",
            )

    def open(self) -> BinaryIO:
        """Open the file, unbuffered, if it is still the one that was found."""
        self.check()
        try:
            return open(self.path, "rb", buffering=0)
        except OSError as error:
            raise unreadable(self.path, error) from error


def unreadable(path: str | Path, error: OSError) -> GmmflowError:
    """The error of ours for what the system said about a file."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return _missing(Path(path))
    if isinstance(error, PermissionError) or error.errno in (errno.EACCES, errno.EPERM):
        return PermissionRefused(f"no permission to read {path}")
    return StorageError(
        f"cannot read {path}: {error.strerror or error}", "check the disk, then run again"
    )


def find(
    path: str, context: LoadContext, *, glob: bool = False, below: str | None = None
) -> tuple[SourceFile, ...]:
    """Files that `path` names, in sorted order.

    Parameters
    ----------
    path : str
    context : LoadContext
        Says where relative paths start.
    glob : bool
        `path` may hold ``*``, ``?`` and ``**``, for several files.
    below : str, optional
        `path` may be a folder, which stands for the files below it whose names match this.

    Raises
    ------
    InputMissing
        There is no such file; near names in that folder are shown.
    PermissionRefused
        The system does not let us look.
    DataError
        A folder was given where a file is needed.
    """
    full = context.resolve(path)
    try:
        if glob and has_magic(path) and not full.exists():
            return _several(map(Path, expand(str(full), recursive=True)), f"no file matches {full}")
        if full.is_dir():
            if below is None:
                raise DataError(f"{full} is a folder, and a file is needed", _content(full))
            files = (p for p in full.rglob(below) if not p.name.startswith((".", "_")))
            return _several(files, f"no file below {full} matches {below}")
        return (_found(full),)
    except OSError as error:
        raise unreadable(full, error) from error


def fingerprint(files: Iterable[SourceFile]) -> str:
    """Hash of the names, sizes, times and both ends of the files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file.size}\0{file.mtime_ns}\0".encode())
        with file.open() as stream:
            digest.update(stream.read(_EDGE))
            stream.seek(max(0, file.size - _EDGE))
            digest.update(stream.read(_EDGE))
    return f"sha256:{digest.hexdigest()}"


def _found(path: Path) -> SourceFile:
    status = path.stat()
    if status.st_size == 0:
        raise DataError(f"{path} is empty", "check what should have written it")
    return SourceFile(str(path), status.st_size, status.st_mtime_ns)


def _several(paths: Iterable[Path], otherwise: str) -> tuple[SourceFile, ...]:
    files = sorted(path for path in paths if not path.is_dir())
    if not files:
        raise InputMissing(otherwise, "check the path; it is relative to the config's folder")
    return tuple(_found(path) for path in files)


def _missing(path: Path) -> InputMissing:
    absent = path
    while not absent.parent.is_dir():
        absent = absent.parent
    what = "file" if absent == path else "folder"
    return InputMissing(f"there is no {what} {absent}", _content(absent.parent, near=absent.name))


def _content(folder: Path, near: str = "") -> str:
    try:
        names = sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))
    except OSError:
        return "check the path; it is relative to the config's folder"
    close = get_close_matches(near, names, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(repr(name) for name in close)}?"
    if not names:
        return "its folder is empty"
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return f"the folder {folder} holds {shown}; relative paths start at the config's folder"
