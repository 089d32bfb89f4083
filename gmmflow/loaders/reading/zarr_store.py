"""Zarr stores: folders of small files, one for each block of an array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from gmmflow.errors import ConfigError, DataError
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.reading.absent import content_of
from gmmflow.loaders.reading.arrays import StoredArray, checked
from gmmflow.loaders.reading.files import SourceFile, natural, system_errors
from gmmflow.loaders.reading.named_arrays import chosen
from gmmflow.loaders.reading.places import Place, Status, locate, shown
from gmmflow.loaders.reading.side_by_side import joined
from gmmflow.loaders.reading.zarr_array import ZarrArray, mark

#: Files that describe an array or a group, in formats 3 and 2.
_DESCRIPTIONS = ("zarr.json", ".zarray", ".zgroup")


@dataclass(frozen=True)
class ZarrStore:
    """What is read of one store.

    Attributes
    ----------
    arrays : tuple of ZarrArray
    titles : tuple of str
        Their names in the store.
    files : tuple of SourceFile
        All files of these arrays, in natural order.
    """

    arrays: tuple[ZarrArray, ...]
    titles: tuple[str, ...]
    files: tuple[SourceFile, ...]

    @property
    def n_bytes(self) -> int:
        """Bytes of the files."""
        return sum(file.size for file in self.files)

    def joined(self) -> StoredArray:
        """The arrays side by side."""
        return joined(self.arrays, self.titles, [array.n_dimensions == 1 for array in self.arrays])


def find_stores(
    paths: str | Sequence[str], wanted: str | Sequence[str] | None, context: LoadContext
) -> list[ZarrStore]:
    """The stores that are named, and what is meant of them.

    Raises
    ------
    InputMissing
        There is no such folder.
    DataError
        It is no Zarr store, or does not hold the arrays.
    """
    found = []
    for path in (paths,) if isinstance(paths, str) else paths:
        place, full = locate(path, context.folder)
        with system_errors(full):
            status = place.look(full)
        if status is not None:
            raise DataError(
                f"{shown(full)} is a file, and a Zarr store is a folder",
                "name the folder that holds zarr.json",
            )
        found.append(_store(place, full.rstrip("/"), wanted))
    return found


def _store(place: Place, path: str, wanted: str | Sequence[str] | None) -> ZarrStore:
    import_zarr()
    with system_errors(path):
        held = place.below(path)
    if not any(name in held for name in _DESCRIPTIONS):
        raise DataError(f"{shown(path)} is not a Zarr store", content_of(place, path))
    arrays = _arrays(path)
    told = {name: f"{each.dtype} {each.shape}" for name, each in arrays.items()}
    names = ("",) if "" in arrays else chosen(wanted, told, shown(path), "array")
    described = []
    for name in names:
        prefix = f"{name}/" if name else ""
        statuses = {
            file[len(prefix) :]: status for file, status in held.items() if file.startswith(prefix)
        }
        described.append(_described(f"{path}/{name}".rstrip("/"), arrays[name], statuses))
    files = [
        SourceFile(f"{path}/{file}", held[file])
        for file in sorted(held, key=natural)
        if any(file.startswith(f"{name}/" if name else "") for name in names)
    ]
    titles = tuple(name.rpartition("/")[2] for name in names)
    return ZarrStore(tuple(described), titles, tuple(files))


def _arrays(path: str) -> dict[str, Any]:
    """Arrays of a store by name; the store itself has none."""
    zarr = import_zarr()
    try:
        opened = zarr.open(path, mode="r")
    except Exception as error:  # whatever a library makes of a broken description
        raise DataError(f"{shown(path)} is not a Zarr store: {error}", "write it again") from error
    if isinstance(opened, zarr.Array):
        return {"": opened}
    return {name: each for name, each in opened.members(None) if isinstance(each, zarr.Array)}


def _described(path: str, array: Any, statuses: Mapping[str, Status]) -> ZarrArray:
    shape = checked(shown(path), array.shape, np.dtype(array.dtype), "save an array")
    stored = array.shards or array.chunks  # what one file holds
    counts = [-(-n // size) for n, size in zip(array.shape, stored, strict=True)]
    keys = [
        tuple(
            array.metadata.encode_chunk_key((i, *rest)) for rest in product(*map(range, counts[1:]))
        )
        for i in range(counts[0])
    ]
    return ZarrArray(
        path=path,
        shape=shape,
        n_dimensions=len(array.shape),
        dtype=np.dtype(array.dtype).str,
        block=int(array.chunks[0]),
        stored=int(stored[0]),
        keys=tuple(keys),
        marks=tuple(mark([statuses.get(key) for key in row]) for row in keys),
        holes=sum(key not in statuses for row in keys for key in row),
        fill=str(array.fill_value),
    )


def import_zarr() -> Any:
    """The package, or an error that says how to install it."""
    try:
        import zarr
    except ModuleNotFoundError:
        raise ConfigError(
            "the loader 'zarr' needs the package zarr, which is not installed",
            "install it: pip install 'gmmflow[zarr]'",
        ) from None
    return zarr
