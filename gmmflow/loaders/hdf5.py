"""`hdf5`: arrays in HDF5 files, read in ranges of rows; needs the extra ``hdf5``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gmmflow.errors import ConfigError, DataError
from gmmflow.loaders.base import LoadContext, Source, TableLoader
from gmmflow.loaders.reading.arrays import (
    StoredArray,
    as_they_are,
    checked,
    count,
    inspect,
    load,
    numbered,
)
from gmmflow.loaders.reading.files import SourceFile, find
from gmmflow.loaders.reading.fingerprint import fingerprint
from gmmflow.loaders.reading.named_arrays import chosen
from gmmflow.loaders.reading.selection import Selection
from gmmflow.loaders.reading.side_by_side import joined
from gmmflow.stage import Field
from gmmflow.values.dataset import Dataset

#: Bytes that are asked for at once over a network: HDF5 reads many small pieces.
_AHEAD = 1 << 20


class Hdf5(TableLoader):
    """Datasets (n, d) or (n,) of HDF5 files, one file after another."""

    type: Literal["hdf5"] = "hdf5"
    path: str | tuple[str, ...] = Field(
        description="File, glob, folder, URL, or a list of these; relative to the config's "
        "folder. Files of a glob or folder are read in natural order: part-2 before part-10.",
        examples=["run.h5", "parts/*.h5"],
    )
    dataset: str | tuple[str, ...] | None = Field(
        None,
        description="Dataset in the files, by default the only one; its columns are x0, x1, ... "
        "Several, of as many rows, stand side by side: then X has the columns X[0], X[1], ..., "
        "together X, and one of one dimension is a column of its own name.",
        examples=["measurements/X", ["X", "y"]],
    )

    def load(self, context: LoadContext) -> Dataset:
        """Read the data, or prepare to read them chunk by chunk."""
        files = self._files(context)
        return load(self._arrays(files), self, context, fingerprint(files))

    def inspect(self, context: LoadContext) -> Source:
        """What `load` would read."""
        files = self._files(context)
        arrays = self._arrays(files)
        n_bytes = sum(file.size for file in files)
        return inspect(arrays, self, count(arrays, "HDF5 file"), n_bytes, fingerprint(files))

    def _files(self, context: LoadContext) -> tuple[SourceFile, ...]:
        return find(self.path, context, below=r".*\.(h5|hdf5|hdf|he5)", kind="HDF5")

    def _arrays(self, files: Sequence[SourceFile]) -> list[StoredArray]:
        return [_stored(file, self.dataset) for file in files]


@dataclass(frozen=True)
class Hdf5Array(StoredArray):
    """A dataset (n, D) of a file.

    Attributes
    ----------
    file : SourceFile
    dataset : str
    shape : (int, int)
    dtype : str
    block : int
        Rows that are compressed together.
    """

    file: SourceFile
    dataset: str
    shape: tuple[int, int]
    dtype: str
    block: int

    @property
    def name(self) -> str:
        """Name of the file and of the dataset."""
        return f"{self.file.name}/{self.dataset}"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return numbered(self.shape[1])

    @property
    def n_rows(self) -> int:
        """Rows of the dataset."""
        return self.shape[0]

    @property
    def step(self) -> int:
        """Rows that are decoded together."""
        return self.block

    def columns(self, wanted: Sequence[int], start: int, stop: int) -> list[np.ndarray]:
        """Columns (m,) of rows `start` to `stop`."""
        block = self._block(start, stop)
        return [block[:, j] for j in wanted]

    def rows(self, selection: Selection, start: int, stop: int) -> np.ndarray | None:
        """Rows as they stand in the file, if they are wanted so."""
        if not as_they_are(self.dtype, self.shape[1], selection):
            return None
        return self._block(start, stop)

    def _block(self, start: int, stop: int) -> np.ndarray:
        with _opened(self.file) as file:
            try:
                values = np.asarray(file[self.dataset][start:stop])
            except (OSError, KeyError, ValueError) as error:
                if getattr(error, "errno", None) is not None:
                    raise
                raise DataError(
                    f"{self.name}, rows {start + 1} to {stop}: cannot be decoded: {error}",
                    "write it again; some compressions need a package: pip install hdf5plugin",
                ) from error
        return values.reshape(stop - start, self.shape[1])


def _stored(file: SourceFile, wanted: str | tuple[str, ...] | None) -> StoredArray:
    """The datasets of a file that are meant, side by side."""
    with _opened(file) as opened:
        found = _datasets(opened)
        names = chosen(wanted, {name: _told(each) for name, each in found.items()}, str(file),
                       "dataset")  # fmt: skip
        arrays = [_described(file, name, found[name]) for name in names]
        flat = [found[name].ndim == 1 for name in names]
    return joined(arrays, [name.rpartition("/")[2] for name in names], flat)


def _datasets(file: Any) -> dict[str, Any]:
    import h5py

    found: dict[str, Any] = {}

    def visit(name: str, each: Any) -> None:
        if isinstance(each, h5py.Dataset):
            found[name] = each

    file.visititems(visit)
    return found


def _told(dataset: Any) -> str:
    return f"{dataset.dtype} {dataset.shape}"


def _described(file: SourceFile, name: str, dataset: Any) -> Hdf5Array:
    where = f"{file}/{name}"
    if dataset.is_virtual or dataset.external:
        raise DataError(
            f"{where} is made of other files, which could change unseen",
            "name those files in `path`, or copy the dataset into one file",
        )
    # A dataset without a space for values has no shape.
    shape = checked(where, dataset.shape or (), dataset.dtype, "save a dataset")
    block = dataset.chunks[0] if dataset.chunks else 1
    return Hdf5Array(file, name, shape, dataset.dtype.str, block)


@contextmanager
def _opened(file: SourceFile) -> Iterator[Any]:
    """An open HDF5 file."""
    try:
        import h5py
    except ModuleNotFoundError:
        raise ConfigError(
            "the loader 'hdf5' needs the package h5py, which is not installed",
            "install it: pip install 'gmmflow[hdf5]'",
        ) from None

    with file.open(_AHEAD) as stream:
        try:
            source = file.path if file.is_local else stream
            # Not every file system knows locks; where they are known, a writer is noticed.
            opened = h5py.File(source, "r", locking="best-effort" if file.is_local else None)
        except OSError as error:
            raise _unusable(file, error) from error
        with opened:
            yield opened


def _unusable(file: SourceFile, error: OSError) -> Exception:
    if "unable to lock file" in str(error):
        return DataError(f"{file} is being written", "run again when it is closed")
    return DataError(
        f"{file} is not an HDF5 file, or is cut short: {error}",
        "write it again, or choose another loader with `type:`",
    )
