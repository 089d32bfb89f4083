"""What every stage class must satisfy before a config may use it."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any, Literal, get_args, get_origin

from gmmflow.plugin.registration import Refused
from gmmflow.plugin.words import a_noun
from gmmflow.stage import Stage

#: The contract of each kind, in its base.py.
CONTRACTS = {
    "loaders": "Loader",
    "transforms": "Transform",
    "initializers": "Initializer",
    "distributions": "Distribution",
    "covariances": "Covariance",
    "e_steps": "EStep",
    "m_steps": "MStep",
    "convergence": "Convergence",
    "executors": "Executor",
    "reporters": "Reporter",
}


def lawful(stage: Any, kind: str, name: str) -> type[Stage]:
    """Return the class, if it is a stage of this kind and name as the contracts ask.

    Raises
    ------
    Refused
        It is not; the text says what is wrong and what its author should do.
    """
    contract: type[Stage] = getattr(import_module(f"gmmflow.{kind}.base"), CONTRACTS[kind])
    if not inspect.isclass(stage) or not issubclass(stage, contract):
        raise Refused(
            f"{getattr(stage, '__qualname__', repr(stage))} is registered as {name!r} of {kind}, "
            f"but {_what_it_is(stage, kind)}; derive it from gmmflow.{CONTRACTS[kind]}, "
            "or return it from the hook of its kind"
        )
    where = stage.__qualname__
    missing = sorted(getattr(stage, "__abstractmethods__", ()))
    if missing:
        raise Refused(f"{where} does not implement {', '.join(missing)} of {CONTRACTS[kind]}")
    if not stage.model_config.get("frozen") or stage.model_config.get("extra") != "forbid":
        raise Refused(f"{where} changes model_config; stages are frozen and refuse extra options")
    _check_type(stage, where, name)
    for option, field in stage.options().items():
        if not (field.description or "").strip():
            raise Refused(
                f"option {option!r} of {where} has no description; "
                f'write {option}: ... = Field(..., description="...")'
            )
    return stage


def _what_it_is(stage: Any, kind: str) -> str:
    if not inspect.isclass(stage):
        return "it is an object, not a class"
    if not issubclass(stage, Stage):
        return "it is no stage"
    if stage.kind in (kind, ""):
        return f"it does not derive from gmmflow.{CONTRACTS[kind]}"
    return f"it is {a_noun(stage.kind)}"


def _check_type(stage: type[Stage], where: str, name: str) -> None:
    field = stage.model_fields["type"]
    names = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    if name in names and field.default not in names:
        raise Refused(
            f"the type of {where} is {name!r}, but has no default; "
            f'write type: Literal["{name}"] = "{name}"'
        )
    if name not in names:
        said = " | ".join(map(repr, names)) or "no Literal"
        raise Refused(
            f"the type of {where} is {said}, but it is registered as {name!r}; "
            f'write type: Literal["{name}"] = "{name}"'
        )
