"""How a config names several models: numbers of components, and lists of stages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from gmmflow.config.node import Node
from gmmflow.config.slots import holds_many, slot_of
from gmmflow.errors import PluginError
from gmmflow.stage import Slot

if TYPE_CHECKING:
    from gmmflow.plugin.manager import Registry

MAX_COMPONENTS = 100_000
#: More numbers than this are not compared by anyone.
MAX_NUMBERS = 1_000

#: Instead of a stage's name: every registered one that needs no options.
ALL = "all"


def component_numbers(value: Any) -> tuple[int, ...]:
    """The numbers of components that ``3``, ``[2, 3, 4]`` or ``{from: 1, to: 9}`` name.

    Raises
    ------
    ValueError
        It names none, or the same one twice, or something else.
    """
    if isinstance(value, dict):
        if set(value) != {"from", "to"}:
            raise ValueError("must be a number, a list of numbers, or {from: 1, to: 9}")
        first, last = _number(value["from"]), _number(value["to"])
        if last < first:
            raise ValueError("`to` must be at least `from`")
        if last - first >= MAX_NUMBERS:
            raise ValueError(f"must be at most {MAX_NUMBERS:,} numbers")
        return tuple(range(first, last + 1))
    if not isinstance(value, list | tuple):
        return (_number(value),)
    numbers = tuple(map(_number, value))
    if not 1 <= len(numbers) <= MAX_NUMBERS:
        raise ValueError(f"must be 1 to {MAX_NUMBERS:,} numbers")
    if len(set(numbers)) < len(numbers):
        raise ValueError("must be different numbers")
    return numbers


def _number(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("must be a whole number")
    if value < 1:
        raise ValueError("must be at least 1")
    if value > MAX_COMPONENTS:
        raise ValueError(f"must be at most {MAX_COMPONENTS}")
    return value


_ONE = {"type": "integer", "minimum": 1, "maximum": MAX_COMPONENTS}

#: Numbers of components; one number stands alone in the resolved config.
ComponentNumbers = Annotated[
    tuple[int, ...],
    BeforeValidator(component_numbers),
    PlainSerializer(lambda numbers: numbers[0] if len(numbers) == 1 else list(numbers)),
    WithJsonSchema(
        {
            "anyOf": [
                _ONE,
                {"type": "array", "items": _ONE, "minItems": 1, "uniqueItems": True},
                {
                    "type": "object",
                    "properties": {"from": _ONE, "to": _ONE},
                    "required": ["from", "to"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]


def spelled_out(slot: Slot, node: Node, registry: Registry) -> list[Node]:
    """The stages that one description names, each as a description of its own.

    An option that holds a stage may hold a list of stages, or ``all``; several such options give
    every combination.
    """
    named = node.value.get("type") if isinstance(node.value, dict) else None
    name = named.value if named is not None else slot.default
    if not isinstance(node.value, dict) or not isinstance(name, str):
        return [node]
    try:
        fields = registry.find(slot.kind, name).model_fields
    except PluginError:
        return [node]  # the builder says what is wrong
    choices = {}
    for option, field in fields.items():
        inner, given = slot_of(field), node.value.get(option)
        if inner is not None and given is not None and not holds_many(field):
            choices[option] = list(_alternatives(inner, given, registry))
    return [
        Node({**node.value, **dict(zip(choices, each, strict=True))}, node.place, node.key)
        for each in product(*choices.values())
    ]


def _alternatives(slot: Slot, node: Node, registry: Registry) -> Iterator[Node]:
    if isinstance(node.value, list) and node.value:
        for each in node.value:
            yield from _alternatives(slot, each, registry) if _is_all(each) else [each]
    elif _is_all(node):
        options = node.value if isinstance(node.value, dict) else {}
        for name in registry.families(slot.kind):
            typed = {**options, "type": Node(name, node.place, node.key, name)}
            yield Node(typed if options else name, node.place, node.key)
    else:
        yield node


def _is_all(node: Node) -> bool:
    named = node.child("type")
    return named is not None and named.value == ALL
