"""A commented config, written from the classes that check it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from pydantic import ByteSize
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from gmmflow.config.dump import inline_yaml
from gmmflow.config.model import RunConfig
from gmmflow.config.slots import holds_many, section_of, slot_of
from gmmflow.plugin.manager import Registry
from gmmflow.stage import Options, Slot, Stage

_WIDTH = 98


def template(
    registry: Registry,
    values: Mapping[str, Any],
    notes: Mapping[str, list[str]],
    head: list[str],
) -> str:
    """The text of a config with all of its options, the optional ones commented out.

    Parameters
    ----------
    registry : Registry
    values : mapping
        What is filled in: sections and stages by name, as in a config.
    notes : mapping of str to list of str
        More lines of comment, by path: ``{"data.columns": [...]}``.
    head : list of str
        Comment lines at the top.
    """
    writer = _Writer(registry, notes)
    writer.lines += [f"# {line}".rstrip() for line in head]
    for name, field in RunConfig.model_fields.items():
        writer.lines.append("")
        writer.field(name, field, values.get(name), (name,), active=True)
    return "\n".join(writer.lines) + "\n"


class _Writer:
    def __init__(self, registry: Registry, notes: Mapping[str, list[str]]) -> None:
        self.registry = registry
        self.notes = notes
        self.lines: list[str] = []

    def field(
        self, name: str, field: FieldInfo, value: Any, path: tuple[str, ...], active: bool
    ) -> None:
        """Write a field; a plain one without a value is commented out unless it is active."""
        pad = "  " * (len(path) - 1)
        slot, section = slot_of(field), section_of(field)
        self.comment(field.description or "", pad)
        if slot is not None:
            many = "Any" if slot.choice or holds_many(field) else "One"
            self.comment(f"{many} of: {', '.join(self.registry.names(slot.kind, load=True))}.", pad)
        for line in self.notes.get(".".join(path), ()):
            self.comment(line, pad)
        if slot is not None:
            self.slot(name, slot, field, value, path)
        elif section is not None:
            self.lines.append(f"{pad}{name}:")
            self.options(section, value or {}, path)
        elif value is not None:
            self.lines.append(f"{pad}{name}: {inline_yaml(value)}")
        else:
            mark = "" if active and field.default is not None else "#"
            self.lines.append(f"{pad}{mark}{name}: {inline_yaml(_shown(field))}")

    def slot(
        self, name: str, slot: Slot, field: FieldInfo, value: Any, path: tuple[str, ...]
    ) -> None:
        pad = "  " * (len(path) - 1)
        if slot.choice or not holds_many(field):
            self.lines.append(f"{pad}{name}:")
            self.stage(slot.kind, value or {"type": slot.default}, path, pad + "  ")
            return
        stages = [{"type": each} for each in slot.default or ()] if value is None else value
        self.lines.append(f"{pad}{name}:" if stages else f"{pad}{name}: []")
        for stage in stages:
            first = len(self.lines)
            self.stage(slot.kind, stage, (*path, "0"), pad + "    ")
            self.lines[first] = f"{pad}  - {self.lines[first].lstrip()}"

    def stage(self, kind: str, value: Mapping[str, Any], path: tuple[str, ...], pad: str) -> None:
        self.lines.append(f"{pad}type: {inline_yaml(value['type'])}")
        cls = self.registry.find(kind, value["type"])
        self.options(cls, value, path)

    def options(self, cls: type[Options], values: Mapping[str, Any], path: tuple[str, ...]) -> None:
        fields = list(cls.model_fields.items())
        if is_stage := issubclass(cls, Stage):  # what is filled in comes first
            given = list(values)
            fields.sort(key=lambda item: given.index(item[0]) if item[0] in given else len(given))
        for name, field in fields:
            if not (is_stage and name == "type"):
                self.field(name, field, values.get(name), (*path, name), active=not is_stage)

    def comment(self, text: str, pad: str) -> None:
        if text:
            mark = f"{pad}# "
            self.lines += textwrap.wrap(
                text, _WIDTH, initial_indent=mark, subsequent_indent=mark, break_long_words=False
            )


def _shown(field: FieldInfo) -> Any:
    """The default as a person would write it; an example where it is null."""
    default = field.get_default(call_default_factory=True)
    if default is None and field.examples:
        return field.examples[0]
    if isinstance(default, ByteSize):
        return default.human_readable().replace(".0", "")
    return to_jsonable_python(default)
