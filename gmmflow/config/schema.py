"""The JSON Schema of configs (draft 2020-12), made from the same classes that check them.

Each section and stage is a definition of its own: an editor shows the options of the stage that
`type` names, with their descriptions and defaults.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import getdoc
from typing import Any
from urllib.parse import quote

from pydantic.fields import FieldInfo

from gmmflow.config.candidates import ALL
from gmmflow.config.model import RunConfig
from gmmflow.config.slots import holds_many, section_of, slot_of
from gmmflow.stage import KINDS, Options, Slot, Stage

Schema = dict[str, Any]

#: (kind) -> {name: class} of the stages that the schema knows.
Stages = Callable[[str], dict[str, type[Stage]]]

_EXTENDS: Schema = {
    "description": "Configs to start from, relative to this file; what is written here is put "
    "over them. Relative paths in them start at the config that is run.",
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
}

#: The kind of stage of which a config may compare several.
COMPARED = "distributions"

#: Keywords whose values are names of the user's, not schemas.
_NAMED = ("properties", "$defs")


def config_schema(stages: Stages) -> Schema:
    """The schema of a whole config.

    Parameters
    ----------
    stages : callable
        ``stages(kind)`` gives the stages by name.
    """
    defs: Schema = {}
    for kind in KINDS:
        known = stages(kind)
        for name, cls in known.items():
            typed = {**_options(cls), "description": _summary(cls)}
            if kind == COMPARED:
                typed["properties"] |= _several(cls, stages)
            typed["properties"] = {"type": {"const": name}, **typed["properties"]}
            defs[f"{kind}.{name}"] = typed
        defs[kind] = _kind(kind, known)
    root = _options(RunConfig)
    whole = {"required": root.pop("required")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gmmflow config",
        **root,
        "properties": {"extends": _EXTENDS, **root["properties"]},
        # What the files of `extends` bring need not be here.
        "anyOf": [{"required": ["extends"]}, whole],
        "$defs": defs,
    }


def _kind(kind: str, known: dict[str, type[Stage]]) -> Schema:
    """Any stage of a kind: its bare name where it needs no option, or a mapping."""
    bare = [name for name, cls in known.items() if not _required(cls)]
    mappings = [{**_ref(f"{kind}.{name}"), "required": ["type"]} for name in known]
    return {"anyOf": [*([{"enum": bare}] if bare else []), *mappings]}


def _several(cls: type[Stage], stages: Stages) -> Schema:
    """The options of a stage that hold one stage, where a list of them, or all, may stand too."""
    widened: Schema = {}
    for name, field in cls.model_fields.items():
        slot = slot_of(field)
        if slot is not None and not holds_many(field):
            one = _field(field, {})
            listed = {"type": "array", "items": _ref(slot.kind), "minItems": 1}
            every = [_options(each)["properties"] for each in stages(slot.kind).values()]
            common = {k: v for k, v in every[0].items() if all(k in other for other in every)}
            typed = {
                "type": "object",
                "properties": {"type": {"const": ALL}, **common},
                "required": ["type"],
                "additionalProperties": False,
            }
            forms = one.pop("anyOf", None) or [{"$ref": one.pop("$ref")}]
            widened[name] = {**one, "anyOf": [*forms, listed, {"const": ALL}, typed]}
    return widened


def _options(cls: type[Options]) -> Schema:
    """Fields of a section, or of a stage without its `type`."""
    plain = _inlined(cls.model_json_schema())
    properties = {
        name: _field(field, plain["properties"][name])
        for name, field in cls.model_fields.items()
        if name != "type" or not issubclass(cls, Stage)
    }
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if required := _required(cls):
        schema["required"] = required
    return schema


def _required(cls: type[Options]) -> list[str]:
    """Fields that a config must fill."""
    return [name for name, field in cls.model_fields.items() if _must_be_filled(field)]


def _must_be_filled(field: FieldInfo) -> bool:
    slot, section = slot_of(field), section_of(field)
    if slot is not None:
        return slot.default is None and field.is_required()
    return bool(_required(section)) if section is not None else field.is_required()


def _field(field: FieldInfo, plain: Schema) -> Schema:
    slot, section = slot_of(field), section_of(field)
    about = {"description": field.description} if field.description else {}
    if section is not None:
        schema = _options(section)
        return {**about, **(schema if _required(section) else _or_null(schema))}
    if slot is None:
        return plain
    if slot.choice:
        one = _stage(slot, optional=True)
        listed = {"type": "array", "items": _ref(slot.kind), "minItems": 1}
        return {**about, **one, "anyOf": [*one["anyOf"], listed]}
    if holds_many(field):
        least = {"minItems": plain["minItems"]} if "minItems" in plain else {}
        listed = {"type": "array", "items": _ref(slot.kind), **least}
        default = list(slot.default or ())
        return {**about, **_or_null(listed), "default": default}
    return {**about, **_stage(slot, optional=not _must_be_filled(field))}


def _stage(slot: Slot, optional: bool) -> Schema:
    if not optional:
        return _ref(slot.kind)
    if slot.default is None:
        return _or_null(_ref(slot.kind))
    # Without `type`, options are those of the default.
    untyped = _ref(f"{slot.kind}.{slot.default}")
    return {"anyOf": [_ref(slot.kind), untyped, {"type": "null"}], "default": slot.default}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Schema:
    pointer = quote(name.replace("~", "~0").replace("/", "~1"), safe="+~")
    return {"$ref": f"#/$defs/{pointer}"}


def _summary(cls: type[Options]) -> str:
    paragraph = (getdoc(cls) or "").split("\n\n")[0]
    return " ".join(paragraph.split())


def _inlined(schema: Schema) -> Schema:
    """Pydantic's schema without references and without the titles that it makes up."""
    defs = schema.pop("$defs", {})

    def clean(value: Any, seen: tuple[str, ...]) -> Any:
        if isinstance(value, list):
            return [clean(each, seen) for each in value]
        if not isinstance(value, dict):
            return value
        name = str(value.get("$ref", "")).removeprefix("#/$defs/")
        if name in seen:
            return {}
        if name:
            rest = {key: each for key, each in value.items() if key != "$ref"}
            return {**clean(defs[name], (*seen, name)), **clean(rest, seen)}
        return {
            key: {k: clean(v, seen) for k, v in each.items()}
            if key in _NAMED
            else clean(each, seen)
            for key, each in value.items()
            if key != "title"
        }

    cleaned: Schema = clean(schema, ())
    return cleaned
