"""Registering one plugin with pluggy: which stages its hooks give, and what is wrong with them.

Every plugin has a pluggy manager of its own, so that one that breaks half-way, or wraps a hook,
cannot touch another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pluggy

from gmmflow.plugin import hookspecs
from gmmflow.plugin.provider import Provider
from gmmflow.stage import KINDS

#: Spelling of a stage's name after its prefix; + and | are those of k-means++ and k-means||.
STAGE_NAME = re.compile(r"[A-Za-z0-9_+|-]+")


class Refused(Exception):
    """A plugin breaks a rule; the text says which, and what its author should do."""


def reason(error: BaseException) -> str:
    """Why a plugin is broken, in one line: a listing has a line for each."""
    text = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())


@dataclass(frozen=True)
class Plugin:
    """A plugin that is loaded.

    Attributes
    ----------
    provider : Provider
    stages : dict of str to dict of str to (str or type)
        For each kind, ``{name: class or "module:Class"}``.
    """

    provider: Provider
    stages: dict[str, dict[str, str | type]]

    def kinds_of(self, name: str) -> list[str]:
        """Kinds in which the plugin has a stage of this name."""
        return [kind for kind in KINDS if name in self.stages[kind]]


def register(module: Any, prefix: str, provider: Provider) -> Plugin:
    """Ask the hooks of a plugin for its stages.

    Parameters
    ----------
    module : object
        What holds the functions marked with `hookimpl`.
    prefix : str
        What its stage names must begin with, before a dot; empty for our own.
    provider : Provider

    Raises
    ------
    Refused
        A hook is unknown, has unknown arguments, or gives something else than named stages.
    Exception
        Whatever a hook raises.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    known = [f"gmmflow_{kind}" for kind in KINDS]
    for hook in known:
        if hasattr(module, hook) and not hasattr(getattr(module, hook), "gmmflow_impl"):
            raise Refused(f"{hook} is not marked as a hook; put @gmmflow.hookimpl above it")
    try:
        manager.register(module)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        # pluggy's own text ends with the definition and its argument names.
        reason = " ".join(str(error).split())
        raise Refused(f"{reason}; the hooks are {', '.join(known)}, without arguments") from error
    if not manager.get_hookcallers(module):
        raise Refused(f"it has no hook; write one of {', '.join(known)} with @gmmflow.hookimpl")
    stages = {kind: _stages(manager, kind, prefix) for kind in KINDS}
    return Plugin(provider, stages)


def _stages(manager: pluggy.PluginManager, kind: str, prefix: str) -> dict[str, str | type]:
    hook = f"gmmflow_{kind}"
    stages: dict[str, str | type] = {}
    for given in getattr(manager.hook, hook)():
        if not isinstance(given, dict):
            raise Refused(f"{hook} must return a dict of name to stage, not {given!r}")
        stages.update(given)
    for name, target in stages.items():
        if not isinstance(name, str):
            raise Refused(f"{hook} must name its stages with text, not {name!r}")
        if prefix and not name.startswith(prefix + "."):
            raise Refused(
                f"{hook} calls a stage {name!r}; names of this plugin begin with '{prefix}.': "
                f"call it '{prefix}.{name.rpartition('.')[2]}' there and in its type"
            )
        if not STAGE_NAME.fullmatch(name.removeprefix(prefix + ".") if prefix else name):
            raise Refused(
                f"{hook} calls a stage {name!r}; a name is made of letters, digits, _, -, + and |"
            )
        if not isinstance(target, type) and not _is_import_string(target):
            raise Refused(
                f"{hook} must give a class or 'module:Class' for {name!r}, not {target!r}"
            )
    return stages


def _is_import_string(target: object) -> bool:
    if not isinstance(target, str):
        return False
    module, colon, attribute = target.partition(":")
    parts = [*module.split("."), *attribute.split(".")]
    return bool(colon) and all(part.isidentifier() for part in parts)
