"""From YAML text to nodes: strict, bounded, and with a place for every value.

PyYAML's parser gives the events; what they mean is decided here, so that its loaders (YAML 1.1,
tags that construct objects, last of two equal keys wins) stay out and unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from gmmflow.config.node import MAX_DEPTH, Node, Place, Source
from gmmflow.config.problems import InvalidConfig, Problem
from gmmflow.config.scalars import scalar

#: Values in a config, those behind aliases counted each time: an alias bomb ends here.
MAX_NODES = 10_000

_HINTS = {
    "found character '\\t'": "indent with spaces, not with tabs",
    "mapping values are not allowed": "a value that contains ': ' needs quotes round it",
    "could not find expected ':'": "a key is followed by ': ' and its value",
    "expected <block end>": "the indentation does not match the lines above",
    "found undefined alias": "an alias *name needs an anchor &name above it",
    "while scanning a quoted scalar": "a quote is not closed",
}


def read(text: str, source: Source, problems: list[Problem], offset: int = 0) -> Node:
    """The values of a YAML text.

    Parameters
    ----------
    text : str
    source : Source
    problems : list of Problem
        Grows by what is wrong but lets reading go on (an equal key, a tag).
    offset : int
        Columns of the source's first line before the text.

    Raises
    ------
    InvalidConfig
        The text is no YAML, or goes over a limit.
    """
    reader = _Reader(source, problems, offset)
    try:
        return reader.document(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "cannot be read"
        hints = (hint for start, hint in _HINTS.items() if start in f"{what} {error.context}")
        raise reader.stop(reader.place(mark), f"not YAML: {what}", next(hints, "")) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position)
        column = error.position - (text.rfind("\n", 0, error.position) + 1)
        place = Place(source, line + 1, column + 1 + (offset if line == 0 else 0))
        what = f"the character {chr(error.character)!r} is not allowed"
        raise reader.stop(place, f"not YAML: {what}", 'write it as an escape in "..."') from None
    except (ValueError, OverflowError):
        # PyYAML turns "\U00110000" into a character without looking.
        place = Place(source, 1, 1 + offset)
        raise reader.stop(place, "not YAML: an escape in quotes is no character") from None


class _Reader:
    def __init__(self, source: Source, problems: list[Problem], offset: int) -> None:
        self.source = source
        self.problems = problems
        self.offset = offset
        self.count = 0
        self.anchors: dict[str, tuple[Node, int] | None] = {}

    def place(self, mark: Any) -> Place:
        shift = self.offset if mark.line == 0 else 0
        return Place(self.source, mark.line + 1, mark.column + 1 + shift)

    def stop(self, place: Place, message: str, hint: str = "") -> InvalidConfig:
        problems = [*self.problems, Problem(place, "", message, hint)]
        return InvalidConfig(problems, self.source.name)

    def note(self, mark: Any, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.place(mark), "", message, hint))

    def document(self, events: Iterator[Any]) -> Node:
        self.events = events
        next(events)  # the start of the stream
        if isinstance(next(events), yaml.StreamEndEvent):
            return Node(None, Place(self.source, 1, 1 + self.offset))
        root = self.node(next(events), 1)
        next(events)  # the end of the document
        after = next(events)
        if isinstance(after, yaml.DocumentStartEvent):
            raise self.stop(
                self.place(after.start_mark), "a second document starts here", "one is allowed"
            )
        return root

    def node(self, event: Any, depth: int) -> Node:
        place = self.place(event.start_mark)
        if depth > MAX_DEPTH:
            raise self.stop(place, f"nested deeper than {MAX_DEPTH} levels")
        self.add(1, place)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, place)
        if event.tag is not None:
            self.note(event.start_mark, f"the tag '{event.tag}' is not allowed", "leave it out")
        before = self.count
        if event.anchor:
            self.anchors[event.anchor] = None  # open: an alias inside would not end
        if isinstance(event, yaml.ScalarEvent):
            node = self.scalar(event, place)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = Node(list(self.entries(depth)), place)
        else:
            node = Node(self.mapping(depth), place)
        if event.anchor:
            self.anchors[event.anchor] = (node, self.count - before)
        return node

    def add(self, count: int, place: Place) -> None:
        self.count += count
        if self.count > MAX_NODES:
            raise self.stop(
                place,
                f"more than {MAX_NODES} values, those behind aliases counted each time",
                "large tables belong in a file of their own",
            )

    def alias(self, event: Any, place: Place) -> Node:
        if event.anchor not in self.anchors:
            raise self.stop(place, f"no anchor &{event.anchor} stands above *{event.anchor}")
        found = self.anchors[event.anchor]
        if found is None:
            raise self.stop(place, f"the alias *{event.anchor} contains itself")
        node, size = found
        self.add(size, place)
        return Node(node.value, place, text=node.text)

    def scalar(self, event: Any, place: Place) -> Node:
        if event.style is not None:
            return Node(event.value, place)
        try:
            return Node(scalar(event.value), place, text=event.value)
        except ValueError as error:
            self.note(event.start_mark, str(error))
            return Node(event.value, place, text=event.value)

    def entries(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self.node(event, depth + 1)

    def mapping(self, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            name = key.value if isinstance(key.value, str) else key.text
            if isinstance(key.value, dict | list) or not name:
                self.note(event.start_mark, "a key must be a name")
            elif name in found:
                first = found[name].key
                self.note(event.start_mark, f"'{name}' is here a second time", f"first: {first}")
            else:
                found[name] = Node(value.value, value.place, key.place, value.text)
        return found
