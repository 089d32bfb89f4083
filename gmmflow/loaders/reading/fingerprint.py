"""What identifies the data of a run, from one run to the next.

While a run goes on, a file is the same if its size and its time of change (or the tag of its
store) are: that costs nothing, and a file that is written to is noticed at once. From one run to
the next that would be too strict: data that were copied, cloned or touched are the same data. So a
fingerprint covers, beside the names and sizes of the files in their order,

* the tag where a store gives one (S3, Google, Azure, many web servers);
* else the contents, if those of all files together are small enough to be read in no time;
* else the time of change, and, of not too many files, both ends, where formats have their headers
  and footers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from gmmflow.loaders.reading.files import SourceFile

#: Files of together at most so many bytes are hashed whole.
_WHOLE = 64 << 20
#: Bytes at either end of larger files, and of how many files they are read.
_EDGE = 1 << 16
_EDGES = 512
_BLOCK = 1 << 20


def fingerprint(files: Sequence[SourceFile]) -> str:
    """Hash that stays when the same data are found again."""
    digest = hashlib.sha256()
    whole = sum(file.size for file in files if not file.status.tag) <= _WHOLE
    paths = [str(file).split("/") for file in files]
    # From the first folder in which they differ: data may lie elsewhere next time.
    shared = next((i for i, at in enumerate(zip(*paths, strict=False)) if len(set(at)) > 1), -1)
    for file, path in zip(files, paths, strict=True):
        digest.update(f"{'/'.join(path[shared:])}\0{file.size}\0{file.status.tag}\0".encode())
        if not whole:
            digest.update(f"{file.status.changed}\0".encode())
        if file.status.tag or not (whole or len(files) <= _EDGES):
            continue
        with file.open() as stream:
            if whole:
                while block := stream.read(_BLOCK):
                    digest.update(block)
                continue
            digest.update(stream.read(_EDGE))
            stream.seek(max(0, file.size - _EDGE))
            digest.update(stream.read(_EDGE))
    return f"sha256:{digest.hexdigest()}"
