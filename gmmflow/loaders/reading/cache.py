"""A folder of tables that were parsed before: found by what they were parsed from, and how.

An entry is a folder of plain numbers and ``table.json``. It is written under another name and
renamed when it is whole. Whoever uses or writes an entry holds a lock on its ``table.json``
(shared, or alone), which ends with the process; an entry is only removed by whoever gets the lock
alone. Systems without such locks use entries, and remove none.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import weakref
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from gmmflow.durable import refusal, sync_folder
from gmmflow.loaders.reading.folders import Folder
from gmmflow.loaders.reading.stored_rows import StoredRows

#: Changes whenever the same text would be parsed to other numbers, or stored in another way.
FORMAT = 1
_TABLE = "table.json"
_ENTRY, _UNFINISHED = "gmmflow-", ".gmmflow-"
#: A `table.json` is small; whatever is larger is none of ours.
_LARGEST_TABLE = 16 << 20


class Lock:
    """A lock on an open `table.json`; it ends when nothing in this process refers to it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        weakref.finalize(self, file.close)

    def take(self, *, alone: bool) -> bool | None:
        """Whether we hold it now; None where there are no such locks."""
        try:
            import fcntl

            fcntl.flock(self.file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except (ImportError, OSError):
            return None
        return True

    def is_on(self, path: Path) -> bool:
        """Whether the open file is still the one of that path."""
        try:
            return os.path.samestat(os.fstat(self.file.fileno()), os.stat(path))
        except OSError:
            return False


class Kept(Folder):
    """An entry of a cache, locked while anything in this process reads it."""

    def __init__(self, path: Path, lock: Lock) -> None:
        super().__init__(str(path))
        self.lock = lock


@dataclass(frozen=True)
class Table:
    """What is known of a parsed table beside its numbers.

    Attributes
    ----------
    rows : StoredRows
    found : int
        Rows of the text; those that lack a value may have been left out.
    any_weight : bool
        Whether a row has a weight above zero.
    classes : tuple of str
        By the codes that are stored.
    """

    rows: StoredRows
    found: int
    any_weight: bool
    classes: tuple[str, ...]


class Cache:
    """The entries in a folder.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    largest : int
        Bytes that its entries may take together; the least recently used go first.
    """

    def __init__(self, folder: Path, largest: int) -> None:
        self.folder, self.largest = folder, largest
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refusal(error, folder, "`cache:`") from error

    def key(self, *what: Any) -> str:
        """Name of the entry for values that say what is parsed, and how."""
        return hashlib.sha256(repr((FORMAT, *what)).encode()).hexdigest()[:32]

    def find(self, key: str) -> Table | None:
        """The entry, if it is there and whole."""
        path = self.folder / f"{_ENTRY}{key}"
        try:
            lock = Lock(open(path / _TABLE, "rb"))  # noqa: SIM115 - it closes it
        except OSError:
            return None
        if lock.take(alone=False) is False or not lock.is_on(path / _TABLE):
            return None
        table = _table(Kept(path, lock))
        if table is not None:
            os.utime(path / _TABLE)  # the time of its last use
        return table

    def begin(self, key: str) -> Kept:
        """A new folder for an entry, which `finish` puts into its place."""
        path = self.folder / f"{_UNFINISHED}{key}-{uuid4().hex}"
        try:
            path.mkdir()
            lock = Lock(open(path / _TABLE, "w+b"))  # noqa: SIM115 - it closes it
        except OSError as error:
            raise refusal(error, path, "`cache:`") from error
        lock.take(alone=True)
        return Kept(path, lock)

    def abandon(self, folder: Folder) -> None:
        """Remove what `begin` made."""
        shutil.rmtree(folder.path, ignore_errors=True)

    def finish(self, key: str, table: Table) -> tuple[Table, int]:
        """Put a table that was written to the folder of `begin` into its place, and make room.

        Returns
        -------
        (Table, int)
            As others will find it, and the bytes by which the cache is too large because other
            runs use what is in it.
        """
        written = table.rows.folder
        assert isinstance(written, Kept)
        path = self.folder / f"{_ENTRY}{key}"
        try:
            written.lock.file.write(_described(table))
            written.lock.file.flush()
            os.fsync(written.lock.file.fileno())
            sync_folder(Path(written.path))
            excess = self._make_room(Path(written.path))
            written.lock.take(alone=False)
            try:
                os.rename(written.path, path)
            except OSError:
                if (others := self.find(key)) is not None:  # another run was quicker
                    self.abandon(written)
                    return others, excess
                self._remove(path)  # it is not whole
                os.rename(written.path, path)
            sync_folder(self.folder)
        except OSError as error:
            raise refusal(error, path, "`cache:`") from error
        return replace(table, rows=replace(table.rows, folder=Kept(path, written.lock))), excess

    def _make_room(self, new: Path) -> int:
        """Remove what was not used for long until there is room; bytes that are still lacking."""
        sizes = {path: _bytes_in(path) for path in self._entries()}
        excess = sum(sizes.values()) - self.largest
        for path in sorted(sizes.keys() - {new}, key=_last_use):
            # What a run that is gone did not finish goes in any case.
            if (excess > 0 or path.name.startswith(_UNFINISHED)) and self._remove(path):
                excess -= sizes[path]
        return max(0, excess)

    def _entries(self) -> list[Path]:
        return [p for p in self.folder.iterdir() if p.name.startswith((_ENTRY, _UNFINISHED))]

    def _remove(self, path: Path) -> bool:
        """Remove an entry that nobody uses."""
        try:
            lock = Lock(open(path / _TABLE, "r+b"))  # noqa: SIM115 - it closes it
            if not lock.take(alone=True):
                return False
            shutil.rmtree(path)
        except OSError:
            return False
        return True


def _described(table: Table) -> bytes:
    rows = table.rows
    return json.dumps(
        {
            "format": FORMAT, "n_rows": rows.n_rows, "n_features": rows.n_features,
            "dtype": rows.dtype, "weighted": rows.weighted, "labelled": rows.labelled,
            "found": table.found, "any_weight": table.any_weight, "classes": table.classes,
        }
    ).encode()  # fmt: skip


def _table(folder: Kept) -> Table | None:
    """What `table.json` says, if the files are as it says."""
    try:
        told = json.loads(folder.lock.file.read(_LARGEST_TABLE))
        rows = StoredRows(
            folder, int(told["n_rows"]), int(told["n_features"]), str(told["dtype"]),
            bool(told["weighted"]), bool(told["labelled"]),
        )  # fmt: skip
        sizes = {name: os.stat(folder.file(name)).st_size for name in rows.bytes_of()}
        if told["format"] != FORMAT or sizes != rows.bytes_of():
            return None
        classes = tuple(map(str, told["classes"]))
        return Table(rows, int(told["found"]), bool(told["any_weight"]), classes)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _bytes_in(path: Path) -> int:
    return sum(_stat(each, "st_size") for each in path.iterdir())


def _last_use(path: Path) -> int:
    return _stat(path / _TABLE, "st_mtime_ns")


def _stat(path: Path, what: str) -> int:
    try:
        return int(getattr(os.stat(path), what))
    except OSError:  # it was removed just now
        return 0
