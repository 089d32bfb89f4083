"""From a YAML file to a checked `RunConfig`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gmmflow.config.dump import dump_yaml as dump_yaml
    from gmmflow.config.loading import LoadedConfig as LoadedConfig
    from gmmflow.config.loading import build_stage as build_stage
    from gmmflow.config.loading import load as load
    from gmmflow.config.problems import InvalidConfig as InvalidConfig

#: Public names and the modules that define them, imported when asked for.
_HOMES = {
    "InvalidConfig": "problems",
    "LoadedConfig": "loading",
    "build_stage": "loading",
    "dump_yaml": "dump",
    "load": "loading",
}

__all__ = ["InvalidConfig", "LoadedConfig", "build_stage", "dump_yaml", "load"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gmmflow.config' has no attribute {name!r}")
    return getattr(import_module(f"gmmflow.config.{_HOMES[name]}"), name)
