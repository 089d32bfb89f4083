"""Whose a folder is: made, taken again, or refused - and emptied of our own files only."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from gmmflow.durable import refusal
from gmmflow.errors import FolderError, GmmflowError
from gmmflow.run_folder import names
from gmmflow.run_folder.identity import config_hash, differences
from gmmflow.run_folder.lock import FolderLock

#: What an interrupted `durable.write` leaves.
_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{32}\.tmp")
#: Differences and names that a message shows.
_SHOWN = 8


class State(StrEnum):
    """What a folder is to a run, in words that follow "the folder"."""

    NEW = "is new"
    FINISHED = "holds this finished run: nothing would be done"
    UNFINISHED = "holds an unfinished run of this config, which would start over"
    FAILED = "holds a run of another config that failed and left no results; it would be removed"
    RESTARTED = "holds an earlier run, whose results would be removed"


class RunFolder:
    """A folder that belongs to this run until it is released.

    Attributes
    ----------
    path : Path
        Absolute.
    manifest : dict or None
        What an earlier run of the same config recorded, if it was finished.
    """

    def __init__(self, path: Path, lock: FolderLock, manifest: dict[str, Any] | None) -> None:
        self.path = path
        self.manifest = manifest
        self._lock = lock

    @classmethod
    def claim(cls, path: Path, identity: Mapping[str, Any], restart: bool = False) -> RunFolder:
        """Take a folder for a run.

        It is made if it is not there. The folder of a finished run of the same config is taken
        as it is; what is left of an unfinished one is removed, and what is left of one of any
        config that failed without results, so that a corrected config can be run at once. Files
        that no run of ours wrote are never touched.

        Parameters
        ----------
        path : Path
        identity : mapping
            Of `identity.identity_of`.
        restart : bool
            Remove the results of an earlier run of ours, whatever its config was.

        Raises
        ------
        FolderError
            The folder holds files that are not ours, or the results of another config.
        Interrupted
            Another run is at work in it.
        OutputError, PermissionRefused, StorageError
            It cannot be made or written.
        """
        path = path.absolute()
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refusal(error, path) from error
        lock = FolderLock(path)
        try:
            state, old = look(path, identity, restart)
            if state is State.FINISHED:
                return cls(path, lock, old)
            empty(path, old["files"] if old else ())
            return cls(path, lock, None)
        except OSError as error:
            lock.release()
            raise refusal(error, path) from error
        except GmmflowError:
            lock.release()
            raise

    @property
    def finished(self) -> bool:
        """Whether it holds the finished run of this config."""
        return self.manifest is not None

    def release(self) -> None:
        """Let other runs in."""
        self._lock.release()


def look(
    path: Path, identity: Mapping[str, Any], restart: bool = False
) -> tuple[State, dict[str, Any] | None]:
    """What taking the folder would find, and the manifest of the run that was there.

    Raises
    ------
    FolderError
        As for `RunFolder.claim`.
    """
    if not path.is_dir():
        return State.NEW, None
    found = sorted(entry.name for entry in path.iterdir() if not _TEMPORARY.fullmatch(entry.name))
    if not found:
        return State.NEW, None
    old = read_manifest(path)
    if old is None:
        shown = ", ".join(found[:_SHOWN]) + (", ..." if len(found) > _SHOWN else "")
        raise FolderError(
            f"{path} is not empty and is no run folder of gmmflow: it holds {shown}",
            "name another folder with `output:`; --restart removes only what gmmflow wrote",
        )
    if restart:
        return State.RESTARTED, old
    if old["config_hash"] != config_hash(identity):
        if old.get("outcome") == "failed" and not (path / names.MODEL).exists():
            return State.FAILED, old
        differ = list(differences(old["identity"], identity))
        more = [f"... and {len(differ) - _SHOWN} more"] if len(differ) > _SHOWN else []
        raise FolderError(
            "\n    ".join([f"{path} belongs to another config:", *differ[:_SHOWN], *more]),
            "name another folder with `output:`, or remove those results with --restart",
        )
    return (State.FINISHED if (path / names.SUCCESS).exists() else State.UNFINISHED), old


def read_manifest(path: Path) -> dict[str, Any] | None:
    """Manifest of a run folder of ours, or None if the folder is none."""
    try:
        manifest = json.loads((path / names.MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    kinds = {"gmmflow": str, "config_hash": str, "identity": dict, "files": list}
    if not isinstance(manifest, dict):
        return None
    return manifest if all(isinstance(manifest.get(n), kinds[n]) for n in kinds) else None


def empty(path: Path, patterns: Sequence[object]) -> None:
    """Remove what a run of ours wrote: the standard files, and those of its reporters.

    Parameters
    ----------
    path : Path
    patterns : sequence of str
        Globs below the folder, as the manifest records them; any that lead out are ignored.
    """
    for old in path.iterdir():
        if _TEMPORARY.fullmatch(old.name):
            old.unlink()
    first, *others, last = names.FILES
    for pattern in (first, *others, *map(str, patterns), last):
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            continue
        for old in sorted(path.glob(pattern)):
            inside = old.parent.resolve().is_relative_to(path.resolve())
            if inside and (old.is_symlink() or not old.is_dir()):
                old.unlink()
                _remove_empty(old.parent, path)


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top:
        with suppress(OSError):  # it holds something else
            folder.rmdir()
        if folder.exists():
            return
        folder = folder.parent
