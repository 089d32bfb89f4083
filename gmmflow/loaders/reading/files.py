"""Files that a loader reads: found before anything is read, and the same whenever one is opened."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from glob import has_magic
from typing import BinaryIO

from gmmflow.errors import DataError, GmmflowError, InputMissing, unreadable
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.reading.absent import content_of, missing
from gmmflow.loaders.reading.places import Place, Status, is_remote, locate, place_of, shown

_RELATIVE = "check the path; it is relative to the config's folder"
_CREDENTIALS = (
    "give credentials in the environment (AWS_ACCESS_KEY_ID and its like); a public bucket needs "
    "FSSPEC_S3_ANON=true there"
)


@dataclass(frozen=True)
class SourceFile:
    """A file as it was when the reading was prepared: small and picklable.

    Attributes
    ----------
    path : str
        Absolute, or a URL.
    status : Status
        Size and time of the last change (or tag), compared whenever the file is opened.
    """

    path: str
    status: Status

    def __str__(self) -> str:
        return shown(self.path)

    @property
    def name(self) -> str:
        """Name without the folder, for messages about rows."""
        return str(self).rstrip("/").rpartition("/")[2]

    @property
    def size(self) -> int:
        """Bytes."""
        return self.status.size

    @property
    def is_local(self) -> bool:
        """Whether libraries may open the path themselves."""
        return not is_remote(self.path)

    def check(self) -> None:
        """Raise an error if the file is gone or is no longer the one that was found."""
        with system_errors(self.path):
            self._same(place_of(self.path).look(self.path))

    @contextmanager
    def open(self, buffering: int = 1 << 16) -> Iterator[BinaryIO]:
        """Open the file if it is still the one that was found, and look again at the end.

        Parameters
        ----------
        buffering : int
            Bytes that are read ahead over a network.

        Raises
        ------
        DataError
            It changed since it was found, or while it was open.
        InputMissing, PermissionRefused, StorageError
            The system cannot open it.
        """
        with system_errors(self.path):
            stream, status = place_of(self.path).open(self.path, buffering)
            with stream:
                self._same(status)
                yield stream
        self.check()

    def _same(self, now: Status | None) -> None:
        changes = "it is a folder now" if now is None else self.status.difference(now)
        if changes:
            raise DataError(
                f"{self} was changed while it was being used: {changes}",
                "run again when nothing else writes to it",
            )


@contextmanager
def system_errors(path: str) -> Iterator[None]:
    """Raise the errors of ours for what the system says about a file."""
    try:
        yield
    except OSError as error:
        raise _refusal(path, error) from error


def _refusal(path: str, error: OSError) -> GmmflowError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return missing(path)
    return unreadable(shown(path), error, refused=_CREDENTIALS if is_remote(path) else "")


def find(
    paths: str | Sequence[str], context: LoadContext, *, below: str = "", kind: str = ""
) -> tuple[SourceFile, ...]:
    """Files that `paths` name: in the order given, those of a glob or a folder in natural order.

    In natural order numbers count as numbers: part-2 comes before part-10.

    Parameters
    ----------
    paths : str or sequence of str
        Files, globs (``*``, ``?``, ``[...]``, ``**``), folders and URLs.
    context : LoadContext
        Says where relative paths start.
    below : str
        What of a folder is meant: files whose names match this regular expression.
    kind : str
        What such files are called in messages: "Parquet".

    Raises
    ------
    InputMissing
        There is no such file; near names in that folder are shown.
    PermissionRefused
        The system does not let us look.
    DataError
        A file is empty or named twice, or a folder holds no file that is meant.
    """
    listed = (paths,) if isinstance(paths, str) else tuple(paths)
    found: list[SourceFile] = []
    for path in listed:
        place, full = locate(path, context.folder)
        with system_errors(full):
            found += _find(place, full, has_magic(path), below, kind)
    for file, count in Counter(found).items():
        if count > 1:
            raise DataError(f"{file} is named {count} times in `path`", "name it once")
        if not file.size:
            raise DataError(f"{file} is empty", "check what should have written it")
    return tuple(found)


def _find(place: Place, full: str, pattern: bool, below: str, kind: str) -> Iterable[SourceFile]:
    try:
        status = place.look(full)
    except (FileNotFoundError, NotADirectoryError):
        if not pattern:
            raise
        return _in_order(place.match(full), f"no file matches {shown(full)}", _RELATIVE)
    if status is not None:
        return (SourceFile(full, status),)
    what = f"{shown(full)} is a folder"
    if not below:
        raise DataError(f"{what}, and a file is needed", content_of(place, full))
    wanted = {
        f"{full.rstrip('/')}/{path}": status
        for path, status in place.below(full).items()
        if re.fullmatch(below, name := path.rpartition("/")[2]) and name[0] not in "._"
    }
    return _in_order(wanted, f"{what} that holds no {kind} file", content_of(place, full))


def _in_order(found: Mapping[str, Status], otherwise: str, remedy: str) -> Iterator[SourceFile]:
    if not found:
        raise InputMissing(otherwise, remedy)
    return (SourceFile(path, found[path]) for path in sorted(found, key=natural))


def natural(path: str) -> tuple[list[object], str]:
    """Key of a path in natural order."""
    words = re.split(r"(\d+)", path)
    return [int(word) if i % 2 else word for i, word in enumerate(words)], path
