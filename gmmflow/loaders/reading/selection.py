"""Which columns of a table are features, weights and labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from gmmflow.errors import DataError
from gmmflow.loaders.base import TableLoader
from gmmflow.values.columns import listing, positions


@dataclass(frozen=True)
class Selection:
    """Columns to read, as names and as positions in the table; small and picklable.

    Attributes
    ----------
    names : tuple of str
        The features.
    columns : tuple of int
        Their positions.
    weight, label : int or None
        Positions of the row weights and of the known classes.
    weight_name : str
    dtype : str
        Of the rows.
    missing : {'refuse', 'drop'}
        What happens to rows that lack a value.
    """

    names: tuple[str, ...]
    columns: tuple[int, ...]
    weight: int | None
    label: int | None
    weight_name: str
    dtype: str
    missing: Literal["refuse", "drop"]

    @property
    def read(self) -> tuple[int, ...]:
        """Positions of all columns that are read, each once, features first."""
        extra = (i for i in (self.weight, self.label) if i is not None)
        return tuple(dict.fromkeys((*self.columns, *extra)))


def select(
    options: TableLoader, names: Sequence[str], numeric: Sequence[bool], where: str,
    lists: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Selection, tuple[str, ...]]:  # fmt: skip
    """Columns that the options ask for, and notes for the user.

    Parameters
    ----------
    options : TableLoader
    names : sequence of str
        Columns of the table.
    numeric : sequence of bool
        Whether each can be a feature without being asked for.
    where : str
        The file, for messages.
    lists : mapping of str to sequence of str
        Names that stand for several columns: a list of fixed size.

    Raises
    ------
    DataError
        Two columns have one name, a wanted column is not there, or there is no numeric column.
    """
    for name, count in Counter(names).items():
        if count > 1:
            raise DataError(
                f"{where}: {count} columns are called {name!r}", "give each column its own name"
            )
    named = {key: value for key in ("sample_weight", "labels") if (value := getattr(options, key))}
    wanted = [each for name in options.columns or () for each in lists.get(name, (name,))]
    # All at once, so that one message names whatever is not there.
    found = positions((*named.values(), *wanted), names, where)
    at = dict(zip(named, found, strict=False))
    columns, notes = found[len(named) :], tuple[str, ...]()
    if options.columns is None:
        others = [i for i in range(len(names)) if i not in at.values()]
        columns = tuple(i for i in others if numeric[i])
        left_out = [repr(names[i]) for i in others if not numeric[i]]
        if left_out:
            notes = (f"{where}: left out, not numbers: {', '.join(left_out)}",)
    if not columns:
        raise DataError(f"{where}: there is no numeric column", _guess_delimiter(names))
    selection = Selection(
        names=tuple(names[i] for i in columns),
        columns=columns,
        weight=at.get("sample_weight"),
        label=at.get("labels"),
        weight_name=options.sample_weight or "",
        dtype=options.dtype,
        missing=options.missing,
    )
    return selection, notes


def _guess_delimiter(names: Sequence[str]) -> str:
    if len(names) == 1:
        for delimiter in (";", "\t", "|", ","):
            if delimiter in names[0]:
                return f"the header looks cut by {delimiter!r}: set `delimiter: {delimiter!r}`"
    return listing(names)
