"""Where files are: in folders of this machine, or in a store that fsspec knows.

A path with a protocol (``s3://bucket/a.csv``, ``https://...``) is read through fsspec; any other
path, and ``file://``, through the system. Options of a store (credentials, endpoints) come from
the environment, never from a config: what AWS tools read, and ``FSSPEC_<PROTOCOL>_<OPTION>``.
"""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import glob
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

_PROTOCOL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(::[^:]+)*://")


@dataclass(frozen=True)
class Status:
    """What tells one version of a file from another without reading it.

    Attributes
    ----------
    size : int
        Bytes.
    changed : int or None
        Time of the last change in ns since 1970, of a file of this machine.
    tag : str
        What a store calls this version of the contents: an ETag, else the time it was written.
    """

    size: int
    changed: int | None = None
    tag: str = ""

    def difference(self, now: Status) -> str:
        """What is not as it was, in words; empty if nothing is."""
        said = []
        if now.size != self.size:
            said.append(f"it had {self.size} bytes and has {now.size} now")
        if now.tag != self.tag:
            said.append(f"its tag was {self.tag or 'none'} and is {now.tag or 'none'} now")
        if now.changed != self.changed:
            said.append(f"it was written at {_clock(self.changed)}, and at {_clock(now.changed)}")
        return "; ".join(said)


def _clock(time: int | None) -> str:
    if time is None:
        return "an unknown time"
    moment = datetime.fromtimestamp(time // 10**9, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{time % 10**9 // 1000:06} UTC"


class Place(ABC):
    """What holds files. Its methods raise OSError and nothing else."""

    @abstractmethod
    def look(self, path: str) -> Status | None:
        """Status of a file, None for a folder; FileNotFoundError if there is neither."""

    @abstractmethod
    def open(self, path: str, buffering: int) -> tuple[BinaryIO, Status]:
        """A file open for reading, and its status."""

    @abstractmethod
    def match(self, pattern: str) -> Mapping[str, Status]:
        """Files whose paths match a pattern of ``*``, ``?``, ``[...]`` and ``**``."""

    @abstractmethod
    def below(self, folder: str) -> Mapping[str, Status]:
        """All files in a folder and in those below it, by their paths from there."""

    @abstractmethod
    def listing(self, folder: str) -> list[str]:
        """Names in a folder."""


class Local(Place):
    """Folders that the system shows."""

    def look(self, path: str) -> Status | None:
        """Status of a file, None for a folder."""
        return None if os.path.isdir(path) else _status(os.stat(path))

    def open(self, path: str, buffering: int) -> tuple[BinaryIO, Status]:
        """The file, unbuffered: the system buffers."""
        stream = open(path, "rb", buffering=0)  # noqa: SIM115 - the caller closes it
        return stream, _status(os.fstat(stream.fileno()))

    def match(self, pattern: str) -> Mapping[str, Status]:
        """Files that match a pattern."""
        return _files(glob(pattern, recursive=True))

    def below(self, folder: str) -> Mapping[str, Status]:
        """All files below a folder."""
        paths = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]
        return {os.path.relpath(path, folder): status for path, status in _files(paths).items()}

    def listing(self, folder: str) -> list[str]:
        """Names in a folder."""
        return os.listdir(folder)


def _files(paths: list[str]) -> dict[str, Status]:
    return {path: _status(os.stat(path)) for path in paths if not os.path.isdir(path)}


def _status(found: os.stat_result) -> Status:
    return Status(found.st_size, found.st_mtime_ns)


def locate(path: str, folder: Path) -> tuple[Place, str]:
    """What holds a file, and its whole path there; relative paths start in `folder`."""
    if is_remote(path):
        return place_of(path), path
    if path.startswith("file://"):
        path = unquote(urlsplit(path).path)
    return place_of(path), str((folder / Path(path).expanduser()).absolute())


def is_remote(path: str) -> bool:
    """Whether a path is read through fsspec."""
    return bool(_PROTOCOL.match(path)) and not path.startswith("file://")


def place_of(path: str) -> Place:
    """What holds the file of a whole path."""
    if not is_remote(path):
        return Local()
    from gmmflow.loaders.reading.remote import Remote

    return Remote(path)


def shown(path: str) -> str:
    """A path for messages: without the password or signature that a URL may carry."""
    if not is_remote(path):
        return path
    parts = urlsplit(path)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
