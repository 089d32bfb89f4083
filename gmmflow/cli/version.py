"""``gmmflow version``: our version, and with ``--all`` that of everything a bug may depend on."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, entry_points, version

from gmmflow import __version__
from gmmflow.errors import Exit

#: Beside these, the plugins.
_PACKAGES = (
    "numpy", "scipy", "pydantic", "pydantic-core", "PyYAML", "pluggy", "dask", "distributed",
    "pyarrow", "plotly", "rich", "threadpoolctl", "scikit-learn",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--all", action="store_true", help="of Python, the system, and packages")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print the versions."""
    found = {"gmmflow": __version__} | (_everything() if args.all else {})
    if args.json:
        print(json.dumps(found, indent=2))
    else:
        print("\n".join(f"{name} {text}" for name, text in found.items()))
    return Exit.DONE


def _everything() -> dict[str, str]:
    found = {
        "python": f"{platform.python_version()} {platform.python_implementation()} "
        f"({sys.executable})",
        "system": f"{platform.platform()}, {os.cpu_count()} CPUs",
    }
    for name in (*_PACKAGES, *_plugin_packages()):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found | _blas()


def _plugin_packages() -> list[str]:
    points = entry_points(group="gmmflow")
    return sorted({point.dist.name for point in points if point.dist is not None})


def _blas() -> dict[str, str]:
    """The BLAS libraries of NumPy and SciPy, which decide the last bits of every result."""
    import numpy  # noqa: F401  (threadpoolctl sees only what is loaded)
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_info

    libraries = [each for each in threadpool_info() if each["user_api"] == "blas"]
    return {
        f"blas {i}": f"{each['internal_api']} {each['version']} {each.get('architecture', '')}"
        for i, each in enumerate(libraries)
    }
