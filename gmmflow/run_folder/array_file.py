"""Arrays in one ``.npz`` file: the same bytes for the same arrays, checked before they are used.

NumPy's own reader allocates what a header asks for and its writer stamps the time of day, so both
ends are written down here; the file is an ordinary npz that `numpy.load` reads.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from math import prod

import numpy as np
from numpy.lib import format as npy

#: Members get the oldest time that a zip file knows.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The file with these arrays, which are of numbers or booleans."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = BytesIO()
            npy.write_array(member, np.asarray(array), version=(1, 0), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), member.getvalue())
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, np.ndarray]:
    """The arrays of a file; no more memory is taken than the file has bytes.

    Raises
    ------
    ValueError
        The content is not what `pack` writes.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return {
                info.filename.removesuffix(".npy"): _array(archive, info)
                for info in archive.infolist()
            }
    except (zipfile.BadZipFile, EOFError, KeyError, NotImplementedError) as error:
        raise ValueError(str(error)) from error


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    if info.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{info.filename} is compressed")
    raw = archive.read(info)
    member = BytesIO(raw)
    version = npy.read_magic(member)
    if version != (1, 0):
        raise ValueError(f"{info.filename} has version {version}")
    shape, fortran_order, dtype = npy.read_array_header_1_0(member)
    if dtype.hasobject:
        raise ValueError(f"{info.filename} holds objects")
    if prod(shape) * dtype.itemsize != len(raw) - member.tell():
        raise ValueError(f"{info.filename} has not the size that it claims")
    flat = np.frombuffer(raw, dtype, offset=member.tell()).copy()
    return flat.reshape(shape, order="F" if fortran_order else "C")
