"""What Linux control groups (a container's, a batch job's) allow this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath


def limits(
    root: Path, controller: str, version_2: str, version_1: tuple[str, ...]
) -> Iterator[list[str]]:
    """Words in the limit files of this process's group, and of each group above it.

    Parameters
    ----------
    root : Path
        Where ``proc`` and ``sys`` are.
    controller : str
        ``cpu``, ``memory``.
    version_2 : str
        The file that holds the limit under version 2.
    version_1 : tuple of str
        The files that hold it under version 1.
    """
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        mount = root / "sys/fs/cgroup"
        files: tuple[str, ...] = (version_2,)
        if controller in controllers.split(","):
            # Controllers that share a hierarchy: its name is all of theirs, or links to each.
            together = mount / controllers
            mount = together if together.is_dir() else mount / controller
            files = version_1
        elif controllers:
            continue
        group = PurePosixPath(path.lstrip("/"))
        # In a container the group's own path may not exist: its limit is then at the top.
        for above in (group, *group.parents):
            yield [word for name in files for word in _read(mount / above / name).split()]


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
