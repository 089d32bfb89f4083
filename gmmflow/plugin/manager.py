"""Finds stages by kind and name."""

from __future__ import annotations

from importlib import import_module

from gmmflow.errors import PluginError
from gmmflow.plugin import builtin
from gmmflow.stage import Stage


class Registry:
    """Stages by kind and name; nothing is imported before it is named."""

    def find(self, kind: str, name: str) -> type[Stage]:
        """The class of a stage.

        Raises
        ------
        PluginError
            There is none of this name, or its plugin is broken.
        """
        stages = getattr(builtin, f"gmmflow_{kind}")()
        if name not in stages:
            raise PluginError(f"no stage of kind {kind} is called {name!r}")
        module, _, attribute = stages[name].partition(":")
        return getattr(import_module(module), attribute)
