"""Columns by name, with an error that names the nearest one."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from gmmflow.errors import DataError

_SHOWN = 20


def positions(wanted: Sequence[str], names: Sequence[str], where: str) -> tuple[int, ...]:
    """Index into `names` of each wanted column.

    Parameters
    ----------
    wanted, names : sequence of str
    where : str
        What has the names, for the message: a file, or a transform.

    Raises
    ------
    DataError
        A column is not there; the nearest name and all the names are shown.
    """
    index = {name: i for i, name in reversed(list(enumerate(names)))}
    for name in wanted:
        if name not in index:
            near = get_close_matches(name, names, n=1) or [
                other for other in names if other.strip().lower() == name.strip().lower()
            ]
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise DataError(f"{where}: there is no column {name!r}", f"{hint}{listing(names)}")
    return tuple(index[name] for name in wanted)


def listing(names: Sequence[str]) -> str:
    """Names in words, cut short where there are many: "the columns are 'a', 'b'"."""
    shown = ", ".join(repr(name) for name in names[:_SHOWN])
    rest = f", ... ({len(names)} in all)" if len(names) > _SHOWN else ""
    return f"the columns are {shown}{rest}"
