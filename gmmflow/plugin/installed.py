"""Plugins that are installed: entry points of the group `gmmflow`.

The name of an entry point is the prefix of the plugin's stages, so ``acme.sobol`` tells which one
to import. Reading the entry points imports nothing.
"""

from __future__ import annotations

import re
from importlib.metadata import EntryPoint, entry_points

from gmmflow.errors import PluginError
from gmmflow.plugin.local import PREFIX as LOCAL
from gmmflow.plugin.provider import Provider
from gmmflow.plugin.registration import Plugin, Refused, reason, register

GROUP = "gmmflow"
#: An entry point's name stands before the dot of a stage's name.
PREFIX_NAME = re.compile(r"[A-Za-z0-9_-]+")
#: Prefixes that are ours.
RESERVED = (LOCAL, GROUP)


def installed() -> dict[str, list[EntryPoint]]:
    """Entry points by name; more than one where distributions clash.

    The same entry point can be seen twice (lib64 is often a link to lib): that is no clash.
    """
    found: dict[str, dict[tuple[str, str], EntryPoint]] = {}
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, {}).setdefault((distribution(point), point.value), point)
    return {name: list(points.values()) for name, points in sorted(found.items())}


def distribution(point: EntryPoint) -> str:
    """Name of the distribution that an entry point belongs to."""
    return point.dist.name if point.dist is not None else ""


def provider_of(point: EntryPoint) -> Provider:
    """Provider of the stages behind an entry point."""
    version = point.dist.version if point.dist is not None else ""
    return Provider(point.name, distribution(point), version)


def load_points(points: list[EntryPoint]) -> Plugin:
    """Import the plugin behind the entry points of one name.

    Raises
    ------
    PluginError
        There is more than one, the plugin raises, or it breaks a rule of plugins.
    """
    point, provider = points[0], provider_of(points[0])
    if len(points) > 1:
        both = " and ".join(str(provider_of(each)) for each in points)
        raise PluginError(
            f"{both} both call their plugin {point.name!r}",
            f"uninstall one of them: pip uninstall {distribution(points[-1])}",
        )
    try:
        if point.name in RESERVED or not PREFIX_NAME.fullmatch(point.name):
            raise Refused(
                f"the entry point must be named with letters, digits, _ and -, "
                f"and not {' or '.join(RESERVED)}"
            )
        return register(point.load(), point.name, provider)
    except (Exception, SystemExit) as error:
        raise PluginError(
            f"the plugin {point.name!r} ({provider}) is broken: {reason(error)}",
            f"update {provider.distribution} or tell its authors; "
            f"stages of other plugins are not affected",
        ) from error
