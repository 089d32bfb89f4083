"""What pydantic says, in the words of the config."""

from __future__ import annotations

import re
from typing import Any

from gmmflow.config.node import Node
from gmmflow.config.problems import nearest, show

_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
    "multiple_of": ("a multiple of", "multiple_of"),
}

#: By start of pydantic's error type.
_WANTED = {
    "int_": "must be a whole number",
    "float_": "must be a number",
    "bool_": "must be true or false",
    "byte_size": "must be a size such as 4GiB",
    "tuple_": "must be a list",
    "list_": "must be a list",
    "dict_": "must be a mapping of options",
    "model_": "must be a mapping of options",
    "none_": "must be null",
    "finite_number": "must be a finite number",
}


def explain(error: Any, node: Node) -> tuple[str, str]:
    """Message and hint for one of pydantic's errors.

    Parameters
    ----------
    error : dict
        Of ``ValidationError.errors()``.
    node : Node
        The value that it is about.
    """
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    given = f", is {show(_plain(value))}"
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"must be {words} {_number(context[key])}{given}", ""
    if kind == "string_type":
        return _text_needed(value, node, given)
    if kind == "literal_error":
        names = re.findall(r"'([^']*)'", context["expected"])
        near = nearest(value, names)
        return f"must be {context['expected']}{given}", f"did you mean '{near}'?" if near else ""
    if kind in ("too_short", "too_long"):
        bound = "at least" if kind == "too_short" else "at most"
        wanted = context.get("min_length", context.get("max_length"))
        entries = "entry" if wanted == 1 else "entries"
        return f"needs {bound} {wanted} {entries}, has {context['actual_length']}", ""
    if kind in ("value_error", "assertion_error"):
        return _lower(str(context["error"])) + ("" if isinstance(value, dict) else given), ""
    for start, words in _WANTED.items():
        if kind.startswith(start):
            return words + given, "" if words != "must be a list" else "write [a, b]"
    return _lower(str(error["msg"])) + given, ""


def _text_needed(value: object, node: Node, given: str) -> tuple[str, str]:
    if isinstance(value, bool | int | float):
        written = node.text or show(value)
        return f"must be text{given}", f"put quotes round it: '{written}'"
    return f"must be text{given}", ""


def _number(bound: object) -> object:
    return int(bound) if isinstance(bound, float) and bound.is_integer() else bound


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
