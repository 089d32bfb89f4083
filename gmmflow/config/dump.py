"""From a resolved config back to YAML that reads as the same config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from gmmflow.config.environment import escape
from gmmflow.config.scalars import scalar


def dump_yaml(resolved: Mapping[str, Any]) -> str:
    """YAML text of plain values.

    Parameters
    ----------
    resolved : mapping
        Of `LoadedConfig`; strings, numbers, booleans, None, lists and mappings.

    Returns
    -------
    str
        `load` of it gives the same values, and so do readers of YAML 1.1.
    """
    return yaml.dump(
        _escaped(resolved),
        Dumper=_Dumper,
        default_flow_style=None,
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )


def inline_yaml(value: Any) -> str:
    """YAML of one value on one line."""
    text: str = yaml.dump(
        _escaped(value),
        Dumper=_Dumper,
        default_flow_style=True,
        allow_unicode=True,
        width=float("inf"),
    )
    return text.removesuffix("...\n").strip()


def _escaped(value: Any) -> Any:
    """The value with ``${ENV:`` of its texts escaped; in keys it means nothing."""
    if isinstance(value, Mapping):
        return {key: _escaped(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(each) for each in value]
    return escape(value) if isinstance(value, str) else value


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML 1.2 would not read as text; what 1.1 would not, PyYAML quotes."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write equal values twice: an alias says nothing to a reader."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    try:
        style = None if isinstance(scalar(value), str) else "'"
    except ValueError:
        style = "'"
    if value.splitlines() != [value]:
        style = '"'  # line breaks as escapes
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
