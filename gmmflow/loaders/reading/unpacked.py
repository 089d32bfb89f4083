"""Packed text (gzip, zstd, bz2, lz4) as a stream of text: never as a whole, neither form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from gmmflow.errors import DataError
from gmmflow.loaders.reading.files import SourceFile

#: How packed files begin, and how their names end.
_KNOWN = {
    "gzip": (b"\x1f\x8b", (".gz", ".gzip")),
    "zstd": (b"\x28\xb5\x2f\xfd", (".zst", ".zstd")),
    "bz2": (b"BZh", (".bz2",)),
    "lz4": (b"\x04\x22\x4d\x18", (".lz4",)),
}
_OTHERS = {"zip": b"PK\x03\x04", "xz": b"\xfd7zXZ\x00", "7z": b"7z\xbc\xaf\x27\x1c"}
#: How the names of packed files end, as a part of a regular expression.
ENDINGS = "|".join(end.replace(".", r"\.") for _, ends in _KNOWN.values() for end in ends)


def packing(file: SourceFile) -> str:
    """By what a file is packed; empty for plain text.

    Raises
    ------
    DataError
        By something that is not read, or its name says more than its contents.
    """
    with file.open(64) as stream:
        head = stream.read(8)
    for codec, (magic, _) in _KNOWN.items():
        if head.startswith(magic):
            return codec
    known = ", ".join(_KNOWN)
    for other, magic in _OTHERS.items():
        if head.startswith(magic):
            raise DataError(
                f"{file} is packed by {other}, and text is read plain or packed by {known}",
                "unpack it first",
            )
    for codec, (_, ends) in _KNOWN.items():
        if file.name.lower().endswith(ends):
            raise DataError(
                f"{file} is not {codec} data: it begins with {head!r}",
                "write it again, or give plain text a name that does not say it is packed",
            )
    return ""


@contextmanager
def plain(file: SourceFile, ahead: int) -> Iterator[Any]:
    """The text of a file as a stream of Arrow's; `ahead` bytes are read at once over a network."""
    import pyarrow as pa

    codec = packing(file)
    with file.open(ahead) as stream, _native(file, stream) as source:
        if not codec:
            yield source
            return
        with pa.CompressedInputStream(source, codec) as text:
            yield text


def _native(file: SourceFile, stream: BinaryIO) -> Any:
    """Arrow reads ahead in threads of its own, which should not wait for Python."""
    import pyarrow as pa

    return pa.OSFile(file.path) if file.is_local else pa.PythonFile(stream, mode="r")
