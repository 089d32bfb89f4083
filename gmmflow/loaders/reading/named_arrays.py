"""Which of the arrays in a file are meant: what HDF5 and Zarr share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from gmmflow.errors import DataError

_SHOWN = 8


def chosen(
    wanted: str | Sequence[str] | None, found: Mapping[str, str], where: str, option: str
) -> tuple[str, ...]:
    """Names of the arrays to read.

    Parameters
    ----------
    wanted : str, sequence of str or None
        None means the only one that there is.
    found : mapping of str to str
        Names of the arrays, and what each holds, in words.
    where : str
        The file.
    option : str
        What the user calls the choice.

    Raises
    ------
    DataError
        There is no such array, or none or several to choose from.
    """
    told = [f"{name!r} ({what})" for name, what in found.items()]
    listed = "; ".join(told[:_SHOWN]) + ("; ..." if len(told) > _SHOWN else "")
    if wanted is None:
        if len(found) == 1:
            return tuple(found)
        if not found:
            raise DataError(f"{where} holds no arrays", "check what wrote it")
        raise DataError(f"{where} holds {len(found)} arrays: {listed}", f"choose by `{option}:`")
    names = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    names = tuple(name.strip("/") for name in names)
    absent = [name for name in names if name not in found]
    if absent:
        near = get_close_matches(absent[0], list(found), n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise DataError(
            f"{where} holds no array {', '.join(map(repr, absent))}",
            f"{hint}it holds {listed or 'none'}",
        )
    return names
