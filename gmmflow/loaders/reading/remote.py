"""Files in stores that fsspec reads: S3, HTTP, Google, Azure, memory, and others."""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO

from gmmflow.errors import ConfigError
from gmmflow.loaders.reading.places import Place, Status, shown

#: Under which names stores give what changes whenever the contents do.
_TAGS = ("ETag", "etag", "e_tag", "generation", "md5", "Content-MD5", "Digest", "VersionId")
_TIMES = ("LastModified", "last_modified", "Last-Modified", "mtime", "modified", "updated",
          "created")  # fmt: skip
#: Extras of ours, by protocol.
_EXTRAS = {"s3": "s3", "s3a": "s3", "http": "http", "https": "http"}
_REFUSED = {401, 403}


class Remote(Place):
    """The store that a URL names."""

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs

        try:
            # Listings are not kept: a file that changed must be seen.
            self._store = url_to_fs(url, use_listings_cache=False)[0]
        except ImportError as error:
            protocol = url.partition(":")[0]
            extra = _EXTRAS.get(protocol)
            remedy = f"install it: pip install 'gmmflow[{extra}]'" if extra else f"{error}"
            raise ConfigError(
                f"{shown(url)}: reading {protocol}:// needs a package that is not installed", remedy
            ) from None
        except ValueError as error:
            raise ConfigError(
                f"{shown(url)}: {error}", "name a file of this machine, s3://, https://, ..."
            ) from None

    def look(self, path: str) -> Status | None:
        """Status of a file, None for a folder."""
        with _system_errors(path):
            found = self._store.info(path)
        return None if found["type"] == "directory" else _status(found)

    def open(self, path: str, buffering: int) -> tuple[BinaryIO, Status]:
        """The file; what is read goes over the network in pieces of at least `buffering`."""
        with _system_errors(path):
            file = self._store.open(path, "rb", cache_type="none")
            # Of S3 the one with which every piece that is read is compared.
            known = getattr(file, "details", None) or {}
            found = known if "ETag" in known else self._store.info(path)
        return io.BufferedReader(_Stream(file, path), buffering), _status(found)

    def match(self, pattern: str) -> Mapping[str, Status]:
        """Files that match a pattern."""
        with _system_errors(pattern):
            return self._files(self._store.glob(pattern, detail=True))

    def below(self, folder: str) -> Mapping[str, Status]:
        """All files below a folder."""
        with _system_errors(folder):
            found = self._files(self._store.find(folder, detail=True))
            whole = self._store.unstrip_protocol(self._store._strip_protocol(folder))
        start = len(whole.rstrip("/")) + 1
        return {path[start:]: status for path, status in found.items()}

    def listing(self, folder: str) -> list[str]:
        """Names in a folder."""
        with _system_errors(folder):
            return [name.rstrip("/").rpartition("/")[2] for name in self._store.ls(folder, False)]

    def _files(self, found: Mapping[str, Any]) -> dict[str, Status]:
        return {
            self._store.unstrip_protocol(name): _status(info)
            for name, info in found.items()
            if info["type"] == "file"
        }


class _Stream(io.RawIOBase):
    """A file of fsspec as a stream whose errors are those of the system."""

    def __init__(self, file: Any, path: str) -> None:
        self._file, self._path = file, path

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with _system_errors(self._path):
            return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        with _system_errors(self._path):
            data = self._file.read(len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


@contextmanager
def _system_errors(path: str) -> Iterator[None]:
    """Turn what libraries of stores raise into what the system would raise."""
    try:
        yield
    except Exception as error:  # every library has its own
        if isinstance(error, FileNotFoundError):
            # HTTP says so whatever went wrong, and adds what it was.
            cause = error.__cause__
            if not isinstance(cause, Exception) or not (_refused(cause) or _failed(cause)):
                raise
            error = cause
        if _refused(error):
            raise PermissionError(errno.EACCES, str(error)) from error
        if isinstance(error, OSError) and error.errno is not None:
            raise OSError(error.errno, error.strerror or str(error)) from error
        text = f"{type(error).__name__}: {error}"
        raise OSError(errno.EIO, text) from error


def _failed(error: Exception) -> bool:
    """Whether the network failed, or the server: it did not say that there is no file."""
    return isinstance(error, OSError) or getattr(error, "status", 0) >= 500


def _refused(error: Exception) -> bool:
    if isinstance(error, PermissionError) or getattr(error, "status", None) in _REFUSED:
        return True
    return "Credentials" in type(error).__name__


def _status(info: Mapping[str, Any]) -> Status:
    size = info.get("size")
    if size is None:
        raise OSError(errno.EIO, "the server does not say how large it is; copy it here first")
    for key in _TAGS:
        if info.get(key):
            return Status(int(size), None, str(info[key]).strip('"'))
    for key in _TIMES:
        if (time := info.get(key)) is not None:
            moment = time.timestamp() if isinstance(time, datetime) else time
            return Status(int(size), None, str(moment))
    return Status(int(size))
