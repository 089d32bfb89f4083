"""`zarr`: arrays in Zarr stores of format 3 or 2, in ranges of rows; needs the extra ``zarr``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gmmflow.loaders.base import LoadContext, Source, TableLoader
from gmmflow.loaders.reading.arrays import StoredArray, count, inspect, load
from gmmflow.loaders.reading.zarr_store import ZarrStore, find_stores
from gmmflow.stage import Field
from gmmflow.values.dataset import Dataset

_HOLES = (
    "{} of the {} blocks of {} are not stored and count as filled with {}: as they should if they "
    "never had other values, and not if a copy is incomplete"
)


class Zarr(TableLoader):
    """Arrays (n, d) or (n,) in Zarr stores, one store after another."""

    type: Literal["zarr"] = "zarr"
    path: str | tuple[str, ...] = Field(
        description="Store (the folder of an array or a group), URL, or a list of these; relative "
        "to the config's folder.",
        examples=["points.zarr", "s3://bucket/points.zarr"],
    )
    array: str | tuple[str, ...] | None = Field(
        None,
        description="Array in a group, by default the only one; its columns are x0, x1, ... "
        "Several, of as many rows, stand side by side: then X has the columns X[0], X[1], ..., "
        "together X, and one of one dimension is a column of its own name.",
        examples=["measurements/X", ["X", "y"]],
    )

    def load(self, context: LoadContext) -> Dataset:
        """Read the data, or prepare to read them chunk by chunk."""
        stores = self._stores(context)
        arrays = [store.joined() for store in stores]
        notes = tuple(
            _HOLES.format(array.holes, array.n_blocks, array.name, array.fill)
            for store in stores
            for array in store.arrays
            if array.holes
        )
        return load(arrays, self, context, _fingerprint(stores), notes)

    def inspect(self, context: LoadContext) -> Source:
        """What `load` would read."""
        stores = self._stores(context)
        arrays: list[StoredArray] = [store.joined() for store in stores]
        n_bytes = sum(store.n_bytes for store in stores)
        return inspect(arrays, self, count(arrays, "Zarr store"), n_bytes, _fingerprint(stores))

    def _stores(self, context: LoadContext) -> list[ZarrStore]:
        return find_stores(self.path, self.array, context)


def _fingerprint(stores: Sequence[ZarrStore]) -> str:
    from gmmflow.loaders.reading.fingerprint import fingerprint

    return fingerprint([file for store in stores for file in store.files])
