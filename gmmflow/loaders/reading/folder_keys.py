"""Columns that stand in the names of folders, as in ``sales/year=2020/region=north/0.parquet``."""

from __future__ import annotations

from urllib.parse import unquote

from gmmflow.loaders.reading.files import SourceFile

#: What Hive writes for a missing value.
_MISSING = "__HIVE_DEFAULT_PARTITION__"


def keys_in(file: SourceFile) -> dict[str, str | None]:
    """Values by key of the folders that a file lies in."""
    found: dict[str, str | None] = {}
    for folder in str(file).split("/")[:-1]:
        key, equals, value = folder.partition("=")
        if equals and key:
            found[unquote(key)] = None if value == _MISSING else unquote(value)
    return found
