"""How much memory this process may use, and how much it has used."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from gmmflow.control_groups import limits

#: Part of what the system allows that we use: the rest is for the interpreter and the libraries.
FRACTION = 0.8
#: Part of the budget that rows may take to be held: reading them costs as much again.
HELD_SHARE = 0.25

#: A cgroup v1 without a limit says a number near 2^63.
_NO_LIMIT = 1 << 60


def budget(configured: int | None = None) -> int:
    """Bytes that the whole process may use.

    Parameters
    ----------
    configured : int, optional
        What the config says; it is taken as it is.

    Returns
    -------
    int
        `configured`, or 80 % of the smallest of the cgroup's limit (version 2 or 1), the limit of
        the address space (`ulimit -v`) and the machine's memory.
    """
    if configured is not None:
        return configured
    allowed = [*cgroup_limits(), *_address_space(), *_physical()]
    return int(FRACTION * min(allowed))


def row_budget(configured: int | None = None) -> int:
    """Bytes that rows may take to be held in memory: `HELD_SHARE` of the budget."""
    return int(HELD_SHARE * budget(configured))


def peak_rss() -> int:
    """Largest resident memory this process has had so far, in bytes."""
    try:
        # The kernel's own mark for this program; getrusage also counts what ran before exec.
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024


def cgroup_limits(root: Path = Path("/")) -> Iterator[int]:
    """Memory limits of this process's control group and of those above it.

    Parameters
    ----------
    root : Path
        Where ``proc`` and ``sys`` are.
    """
    for words in limits(root, "memory", "memory.max", ("memory.limit_in_bytes",)):
        if len(words) == 1 and words[0].isdigit() and int(words[0]) < _NO_LIMIT:
            yield int(words[0])


def _address_space() -> Iterator[int]:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        yield soft


def _physical() -> Iterator[int]:
    yield os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
