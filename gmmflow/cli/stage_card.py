"""What `gmmflow plugins show` says of a stage: its purpose, its options, who provides it."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

from pydantic.fields import FieldInfo

from gmmflow.config.slots import slot_of
from gmmflow.plugin.manager import Registry
from gmmflow.plugin.words import noun
from gmmflow.stage import KINDS

#: Constraints of pydantic and how they are read.
_BOUNDS = {
    "ge": ">= {}", "gt": "> {}", "le": "<= {}", "lt": "< {}",
    "min_length": "at least {} long", "max_length": "at most {} long", "pattern": "like {}",
}  # fmt: skip
_MODULE = re.compile(r"\b(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])")


def card_of(registry: Registry, kind: str, name: str) -> dict[str, Any]:
    """Everything there is to say of a stage, as JSON values."""
    stage = registry.find(kind, name)
    return {
        "name": name,
        "kind": kind,
        "slot": KINDS[kind],
        "provider": registry.provider(stage).record(),
        "file": inspect.getsourcefile(stage),
        "description": inspect.cleandoc(stage.__doc__ or ""),
        "options": [_option(option, field) for option, field in stage.options().items()],
    }


def render_card(card: dict[str, Any]) -> str:
    """The card as text."""
    provider = card["provider"]
    who = f"{provider['distribution']} {provider['version']}" if "distribution" in provider else (
        f"{provider['path']} (sha256 {provider['sha256'][:12]})"
    )  # fmt: skip
    lines = [
        f"{card['name']}: {noun(card['kind'])} of {who}",
        f"slot: {card['slot']}",
        f"file: {card['file']}",
        "",
        card["description"],
        "",
        "options:" if card["options"] else "no options",
    ]
    for option in card["options"]:
        default = "required" if option["required"] else f"default {json.dumps(option['default'])}"
        lines.append(f"  {option['name']}: {option['type']}, {default}")
        lines.append(f"      {option['description']}")
    return "\n".join(lines)


def _option(name: str, field: FieldInfo) -> dict[str, Any]:
    slot = slot_of(field)
    default = slot.default if slot is not None else None
    if default is None and not field.is_required():
        default = field.get_default(call_default_factory=True)
    return {
        "name": name,
        "type": _type(field),
        "required": field.is_required() and default is None,
        "default": json.loads(json.dumps(default, default=str)),
        "description": field.description,
    }


def _type(field: FieldInfo) -> str:
    """The type in Python's spelling, without the names of modules, and its bounds."""
    if (slot := slot_of(field)) is not None:
        return noun(slot.kind)
    text = re.sub(
        r"\b(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])", "", inspect.formatannotation(field.annotation)
    )
    bounds = [
        form.format(getattr(constraint, key))
        for constraint in field.metadata
        for key, form in _BOUNDS.items()
        if getattr(constraint, key, None) is not None
    ]
    return ", ".join([text, *bounds])
