"""How many CPUs this process may use."""

from __future__ import annotations

import os
from math import ceil
from pathlib import Path


def usable_cpus(root: Path = Path("/")) -> int:
    """CPUs that the affinity mask and the control groups (a container's quota) leave us.

    Parameters
    ----------
    root : Path
        Where /proc and /sys are looked for.
    """
    try:
        cpus = len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        cpus = os.cpu_count() or 1
    return max(1, min([cpus, *_quotas(root)]))


def _quotas(root: Path) -> list[int]:
    """CPUs granted by each control group of this process, where one has a quota."""
    quotas = []
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":  # version 2: "max 100000" or "150000 100000", at every level
            mount = root / "sys/fs/cgroup"
            folder = mount / path.lstrip("/")
            levels = [folder, *folder.parents]
            for level in levels[: levels.index(mount) + 1]:
                quotas.append(_read(level / "cpu.max").split())
        elif "cpu" in controllers.split(","):
            folder = root / "sys/fs/cgroup" / controllers / path.lstrip("/")
            names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
            quotas.append([_read(folder / name).strip() for name in names])
    return [
        ceil(int(quota[0]) / int(quota[1]))
        for quota in quotas
        if len(quota) == 2 and quota[0].isdigit() and quota[1].isdigit() and int(quota[1]) > 0
    ]


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
