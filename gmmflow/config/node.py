"""Values of a config, each with the place where it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Deepest nesting of a config; more is a mistake, or an attack.
MAX_DEPTH = 50

#: Names and list indexes on the way from the root to a value.
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Source:
    """A text that values come from: a file, a ``--set`` flag, or a mapping from Python.

    Attributes
    ----------
    name : str
        As the user knows it: the path that was given, ``--set``, ``config``.
    lines : tuple of str
        The text; empty for a mapping.
    folder : Path
        Where relative paths of the text start.
    """

    name: str
    lines: tuple[str, ...] = ()
    folder: Path = Path()


@dataclass(frozen=True)
class Place:
    """A line and column of a source, both from 1; line 0 where there is no text."""

    source: Source
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if self.line == 0 or self.source.name == "--set":
            return self.source.name
        return f"{self.source.name}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Node:
    """A value, and where it and its key were written; never changed after it was made.

    Attributes
    ----------
    value : object
        ``dict[str, Node]``, ``list[Node]``, or a scalar; from Python also a stage.
    place : Place
    key : Place or None
        Of the key that leads here.
    text : str
        Of an unquoted scalar, as it was written.
    """

    value: Any
    place: Place
    key: Place | None = None
    text: str = ""

    def child(self, part: str | int) -> Node | None:
        """The value one step below, or None; `type` of a bare name is the name itself."""
        if isinstance(self.value, dict):
            found: Node | None = self.value.get(str(part))
            return found
        if isinstance(self.value, list):
            inside = str(part).isdecimal() and int(part) < len(self.value)
            return self.value[int(part)] if inside else None
        return self if part == "type" and isinstance(self.value, str) else None

    def deepest(self, path: KeyPath) -> Node:
        """The last value on the way down a path."""
        node = self
        for part in path:
            below = node.child(part)
            if below is None:
                break
            node = below
        return node

    def plain(self) -> Any:
        """The value without its places."""
        if isinstance(self.value, dict):
            return {name: below.plain() for name, below in self.value.items()}
        if isinstance(self.value, list):
            return [below.plain() for below in self.value]
        return self.value

    def walk(self) -> Iterator[Node]:
        """Yield this value and all values below it."""
        yield self
        below = self.value.values() if isinstance(self.value, dict) else self.value
        if isinstance(self.value, dict | list):
            for node in below:
                yield from node.walk()


def dotted(path: KeyPath) -> str:
    """A path as users write it: ``report.0.type``."""
    return ".".join(str(part) for part in path)
