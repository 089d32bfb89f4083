"""The machine and the software that a run's last bits depend on; nothing of its environment."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import numpy as np


def describe_machine() -> dict[str, Any]:
    """Versions, processor and BLAS, for the manifest."""
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": _packages(),
        "platform": platform.platform(),
        "cpu": {"model": _cpu_model(), "features": _cpu_features()},
        "blas": _blas(),
    }


def _packages() -> dict[str, str]:
    """Versions of our dependencies, the optional ones where they are installed.

    None of a gmmflow that is imported without having been installed: nothing lists them then.
    """
    from packaging.requirements import Requirement

    found: dict[str, str] = {}
    try:
        needed = requires("gmmflow") or []
    except PackageNotFoundError:
        return found
    for line in needed:
        requirement = Requirement(line)
        extras = {"extra": ""} if "distributed" not in line else {"extra": "distributed"}
        if requirement.marker is None or requirement.marker.evaluate(extras):
            try:
                found[requirement.name] = version(requirement.name)
            except PackageNotFoundError:
                continue
    return found


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _cpu_features() -> list[str]:
    """What NumPy found the processor able to do: it chooses its loops by this."""
    simd: Any = np.show_config(mode="dicts").get("SIMD Extensions", {})
    return [*simd.get("baseline", []), *simd.get("found", [])]


def _blas() -> list[dict[str, Any]]:
    """The BLAS libraries that are loaded, with the kernels they chose."""
    from threadpoolctl import threadpool_info

    wanted = ("internal_api", "version", "architecture", "threading_layer")
    return [
        {name: each[name] for name in wanted if each.get(name)}
        for each in threadpool_info()
        if each["user_api"] == "blas"
    ]
