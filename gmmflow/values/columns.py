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
        Columns are not there: all of them are named, with the nearest names and all the names.
    """
    index = {name: i for i, name in reversed(list(enumerate(names)))}
    absent = [name for name in dict.fromkeys(wanted) if name not in index]
    if absent:
        near = [repr(other) for name in absent[:_SHOWN] if (other := _nearest(name, names))]
        hint = f"did you mean {', '.join(near)}? " if near else ""
        what = "column " if len(absent) == 1 else "columns "
        what += ", ".join(repr(name) for name in absent[:_SHOWN])
        what += f", ... ({len(absent)} in all)" if len(absent) > _SHOWN else ""
        raise DataError(f"{where}: there is no {what}", f"{hint}{listing(names)}")
    return tuple(index[name] for name in wanted)


def _nearest(name: str, names: Sequence[str]) -> str:
    for other in names:
        if other.strip().lower() == name.strip().lower():
            return other
    return "".join(get_close_matches(name, names, n=1))


def listing(names: Sequence[str]) -> str:
    """Names in words, cut short where there are many: "the columns are 'a', 'b'"."""
    shown = ", ".join(repr(name) for name in names[:_SHOWN])
    rest = f", ... ({len(names)} in all)" if len(names) > _SHOWN else ""
    return f"the columns are {shown}{rest}"
