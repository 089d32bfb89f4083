"""From nodes to sections and stages, with every problem noted on the way.

What is inside is built first, so that a section is checked with its stages in place; where one of
them failed, the rest of its section is still looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from gmmflow.config.candidates import spelled_out
from gmmflow.config.messages import explain
from gmmflow.config.node import KeyPath, Node, dotted
from gmmflow.config.problems import MISSING, Problem, nearest, show, suggest
from gmmflow.config.slots import holds_many, section_of, slot_of
from gmmflow.errors import PluginError
from gmmflow.plugin.words import noun
from gmmflow.stage import Options, Slot, Stage

if TYPE_CHECKING:
    from gmmflow.plugin.manager import Registry

#: What a builder returns for something that has problems.
FAILED: Any = object()


class Builder:
    """Builds sections and stages, and notes what is wrong in `problems`.

    Parameters
    ----------
    registry : Registry
    mute : str
        Stages whose names start so are not reported as unknown: their plugin is the problem.
    """

    def __init__(self, registry: Registry, mute: str = "\0") -> None:
        self.registry = registry
        self.mute = mute
        self.problems: list[Problem] = []

    def options(self, cls: type[Options], node: Node, path: KeyPath = ()) -> Any:
        """An instance of `cls`, or `FAILED`."""
        if not isinstance(node.value, dict):
            return self.fail(node, path, f"must be a mapping of options, is {show(node.plain())}")
        values: dict[str, Any] = {}
        failed = self.refuse_unknown(cls, node, path)
        for name, field in cls.model_fields.items():
            built = self.field(field, name, node, (*path, name))
            if built is FAILED:
                failed.add(name)
            elif built is not None or name in node.value:
                values[name] = built
        try:
            made = cls.model_validate(values)
            return FAILED if failed else made
        except ValidationError as error:
            self.explain(error, node, path, failed)
        except Exception as error:
            what = f"its check raised {type(error).__name__}: {error}"
            self.fail(node, path, what, f"this is a bug of {cls.__module__}")
        return FAILED

    def field(self, field: FieldInfo, name: str, parent: Node, path: KeyPath) -> Any:
        """Value of a field: built, plain, None where the config leaves it out, or `FAILED`."""
        node = parent.value.get(name)
        left_out = node is None or node.value is None
        slot, section = slot_of(field), section_of(field)
        if slot and left_out and slot.default is None and not field.is_required():
            return field.get_default()
        if slot and slot.choice:
            return self.choice(slot, Node(None, parent.place) if left_out else node, path)
        if slot and holds_many(field):
            default = [Node(each, parent.place) for each in slot.default or ()]
            return self.stages(slot, Node(default, parent.place) if left_out else node, path)
        if slot:
            return self.stage(slot, Node(None, parent.place) if left_out else node, path)
        if section:
            return self.options(section, Node({}, parent.place) if left_out else node, path)
        return None if node is None else node.plain()

    def stages(self, slot: Slot, node: Node, path: KeyPath) -> Any:
        """The stages of a list."""
        if not isinstance(node.value, list):
            hint = f"write [{node.value}]" if isinstance(node.value, str) else "begin with '- '"
            return self.fail(node, path, "a list of stages is needed here", hint)
        one = Slot(slot.kind)
        built = [self.stage(one, each, (*path, i)) for i, each in enumerate(node.value)]
        return FAILED if any(each is FAILED for each in built) else tuple(built)

    def choice(self, slot: Slot, node: Node, path: KeyPath) -> Any:
        """The stages to compare: those of a list, each spelled out."""
        entries = [(node, path)]
        if isinstance(node.value, list) and node.value:
            entries = [(each, (*path, i)) for i, each in enumerate(node.value)]
        built = [
            self.stage(slot, each, where)
            for entry, where in entries
            for each in spelled_out(slot, entry, self.registry)
        ]
        return FAILED if any(each is FAILED for each in built) else tuple(built)

    def stage(self, slot: Slot, node: Node, path: KeyPath) -> Any:
        """The stage that a name or a mapping describes."""
        if isinstance(node.value, Stage):
            if node.value.kind == slot.kind:
                return node.value
            return self.fail(node, path, f"a {noun(slot.kind)} is needed, not {node.value!r}")
        if isinstance(node.value, str):
            name = Node(node.value, node.place, node.key, node.text)
            node = Node({"type": name}, node.place, node.key)
        elif node.value is None:
            node = Node({}, node.place, node.key)
        if not isinstance(node.value, dict):
            hint = "write a name, or {type: name, ...}"
            return self.fail(node, path, f"must be a stage, is {show(node.plain())}", hint)
        named = node.value.get("type") or Node(slot.default, node.place)
        if named.value is None:
            names = self.registry.names(slot.kind)
            return self.fail(node, (*path, "type"), MISSING, suggest("", names))
        if not isinstance(named.value, str):
            message = f"must be the name of a stage, is {show(named.plain())}"
            hint = f"put quotes round it: '{named.text}'" if named.text else ""
            return self.fail(named, (*path, "type"), message, hint)
        return self.named(slot, named, node, path)

    def named(self, slot: Slot, named: Node, node: Node, path: KeyPath) -> Any:
        """The stage of a name, which lies in the mapping of its options."""
        try:
            cls = self.registry.find(slot.kind, named.value)
        except PluginError as error:
            if named.value.startswith(self.mute):
                return FAILED
            return self.fail(named, path, error.message, error.remedy)
        typed = Node({**node.value, "type": named}, node.place, node.key)
        return self.options(cls, typed, path)

    def refuse_unknown(self, cls: type[Options], node: Node, path: KeyPath) -> set[str]:
        """Note the keys that are no options of `cls`, and return them."""
        allowed = list(cls.model_fields)
        unknown = {name: value for name, value in node.value.items() if name not in allowed}
        for name, value in unknown.items():
            hint = suggest(name, allowed)
            if not nearest(name, allowed) and (home := _section_with(cls, name)):
                hint = f"it belongs under '{home}'"
            where = Node(None, value.key or value.place)
            self.fail(where, (*path, name), f"unknown option '{name}'", hint)
        return set(unknown)

    def explain(self, error: ValidationError, node: Node, path: KeyPath, failed: set[str]) -> None:
        """Note pydantic's errors, those of a union's members as one."""
        found: dict[KeyPath, tuple[Node, dict[str, str]]] = {}
        for each in error.errors(include_url=False):
            if each["loc"] and each["loc"][0] in failed:
                continue
            where, inner = _locate(node, each["loc"])
            message, hint = explain(each, where)
            if each["type"] == "missing":
                inner, message, hint = (*inner, each["loc"][-1]), MISSING, "it has no default"
            found.setdefault(inner, (where, {}))[1].setdefault(message, hint)
        for inner, (where, said) in found.items():
            # A member of a union that fits the shape says more than one that does not.
            if not any(other[: len(inner)] == inner and other != inner for other in found):
                hints = "; ".join(dict.fromkeys(hint for hint in said.values() if hint))
                self.fail(where, (*path, *inner), "; or ".join(said), hints)

    def fail(self, node: Node, path: KeyPath, message: str, hint: str = "") -> Any:
        """Note a problem."""
        self.problems.append(Problem(node.place, dotted(path), message, hint))
        return FAILED


def _locate(node: Node, loc: KeyPath) -> tuple[Node, KeyPath]:
    """The value that pydantic's `loc` leads to, without the tags of union members in it."""
    inner: list[str | int] = []
    for part in loc:
        below = node.child(part)
        if below is not None and below is not node:
            node = below
            inner.append(part)
    return node, tuple(inner)


def _section_with(cls: type[Options], name: str) -> str:
    for section_name, field in cls.model_fields.items():
        section = section_of(field)
        if section is not None and name in section.model_fields:
            return section_name
    return ""
