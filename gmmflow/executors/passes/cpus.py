"""How many CPUs this process may use."""

from __future__ import annotations

import os
from math import ceil
from pathlib import Path

from gmmflow.control_groups import limits


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
    version_1 = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
    return [
        ceil(int(words[0]) / int(words[1]))  # "150000 100000"; without a quota "max" or -1
        for words in limits(root, "cpu", "cpu.max", version_1)
        if len(words) == 2 and all(word.isdigit() and int(word) > 0 for word in words)
    ]
