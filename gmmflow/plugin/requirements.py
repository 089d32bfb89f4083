"""Checks `plugins.require`: which distributions must be installed, in which versions."""

from __future__ import annotations

import shlex
import sys
from importlib.metadata import PackageNotFoundError, version

from gmmflow.errors import PluginError


def pip_install(requirement: str) -> str:
    """The command that installs a distribution for the interpreter that is running."""
    return shlex.join([sys.executable, "-m", "pip", "install", requirement])


def check_requirement(text: str) -> None:
    """Raise a `PluginError` unless a requirement such as 'gmmflow-acme>=1.2,<2' is met.

    A requirement whose marker does not hold here ('x; sys_platform == "win32"') is met.
    """
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.version import InvalidVersion, Version

    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise PluginError(
            f"{text!r} is not a requirement: {str(error).splitlines()[0]}",
            "write a distribution and versions, as pip takes them: 'gmmflow-acme>=1.2,<2'",
        ) from error
    if requirement.marker is not None and not requirement.marker.evaluate():
        return
    try:
        there = version(requirement.name)
    except PackageNotFoundError:
        raise PluginError(
            f"{requirement.name} is required ({text}) but not installed",
            f"install it: {pip_install(text)}",
        ) from None
    try:
        # A pre-release that somebody installed on purpose counts.
        met = requirement.specifier.contains(Version(there), prereleases=True)
    except InvalidVersion:
        met = False
    if not met:
        raise PluginError(
            f"{text} is required, but {requirement.name} {there} is installed",
            f"install another version: {pip_install(text)}",
        )
