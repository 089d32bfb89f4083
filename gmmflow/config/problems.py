"""What is wrong with a config: one format for every kind of problem.

::

    fit.yaml:5:9: init: no initializer is called 'kmeans+'
         5 |   type: kmeans+
           |         ^ did you mean 'kmeans++'?
    1 problem in fit.yaml; nothing was run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from gmmflow.config.node import Place
from gmmflow.errors import ConfigError

#: Longest stretch of a source line, of a value and of a message that is shown.
_LINE_WIDTH = 100
_VALUE_WIDTH = 60
_MESSAGE_WIDTH = 1000

#: Most problems that are listed; a person corrects the first ones and tries again.
_MOST = 50

#: The message for an option that must be given and is not.
MISSING = "is missing"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes
    ----------
    place : Place
        Where it was written.
    path : str
        Of the value: ``model.components``; empty for the text as a whole.
    message : str
        What is wrong, with the value.
    hint : str
        What is allowed, or the next step.
    """

    place: Place
    path: str
    message: str
    hint: str = ""

    def render(self) -> str:
        """The problem with its line and a caret."""
        head = f"{self.place}: {self.path}: " if self.path else f"{self.place}: "
        text = _printable(head + self.message)
        lines = self.place.source.lines
        if not 1 <= self.place.line <= len(lines):
            return f"{text}\n    {_printable(self.hint)}" if self.hint else text
        gutter = "--set" if self.place.source.name == "--set" else str(self.place.line)
        line, caret = _window(lines[self.place.line - 1], self.place.column - 1)
        pointer = f"{' ' * caret}^ {_printable(self.hint)}".rstrip()
        return f"{text}\n{gutter:>6} | {line}\n       | {pointer}"

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "source": self.place.source.name,
            "line": self.place.line or None,
            "column": self.place.column or None,
            "path": self.path,
            "message": self.message,
            "hint": self.hint,
        }


class InvalidConfig(ConfigError):
    """A config with problems, each with its place; the message lists them all."""

    def __init__(self, problems: Iterable[Problem], name: str) -> None:
        unique = dict.fromkeys(problems)
        self.problems = tuple(sorted(unique, key=_position))
        count = f"{len(self.problems)} problem{'s' if len(self.problems) > 1 else ''}"
        listing = [problem.render() for problem in self.problems[:_MOST]]
        if len(self.problems) > _MOST:
            listing.append(f"... and {len(self.problems) - _MOST} more")
        super().__init__("\n".join([*listing, f"{count} in {name}; nothing was run."]))


def nearest(name: object, allowed: Iterable[str]) -> str:
    """The allowed name that was probably meant, or an empty string."""
    if not isinstance(name, str) or not name:
        return ""
    by_lower = {each.lower(): each for each in allowed}
    close = get_close_matches(name.lower(), by_lower, n=1)
    starts = [each for each in by_lower if each.startswith(name.lower())]
    return by_lower[(close or starts)[0]] if close or starts else ""


def suggest(name: object, allowed: Sequence[str]) -> str:
    """Hint with the nearest name and all that are allowed."""
    near = nearest(name, allowed)
    listed = f"allowed: {', '.join(allowed)}" if allowed else "there are no options"
    return f"did you mean '{near}'? {listed}" if near else listed


def show(value: object) -> str:
    """A value as YAML shows it, shortened."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    if isinstance(value, str):
        text = f"'{value}'"
    return text if len(text) <= _VALUE_WIDTH else text[: _VALUE_WIDTH - 3] + "..."


def _position(problem: Problem) -> tuple[bool, str, int, int]:
    place = problem.place
    if place.source.name == "--set":  # after the files, in the order in which they were noted
        return True, "", 0, 0
    return False, place.source.name, place.line, place.column


def _printable(text: str) -> str:
    # A config may hold escape sequences; they must not reach the terminal.
    if len(text) > _MESSAGE_WIDTH:
        text = f"{text[:_MESSAGE_WIDTH]}..."
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text)


def _window(line: str, column: int) -> tuple[str, int]:
    """The part of a long line around a column, and the column within it."""
    start = 0 if len(line) <= _LINE_WIDTH else max(0, column - _LINE_WIDTH // 2)
    cut = _printable(line[start : start + _LINE_WIDTH].replace("\t", " "))
    if start:
        cut = "..." + cut[3:]
    return cut.rstrip(), column - start
