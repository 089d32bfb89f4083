"""One BLAS thread for each of our workers.

The workers themselves use the cores; a BLAS that starts threads of its own in each of them runs
two threads at half the speed of one (measured), and its sums may depend on their number.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np  # noqa: F401 (threadpoolctl finds only what is loaded)

_lock = Lock()
_users = 0
_known: list[Any] = []
_modules = 0
#: Libraries that are limited, by file, and what they had before.
_before: dict[str, tuple[Any, int]] = {}


def _libraries() -> list[Any]:
    """Every BLAS that is loaded; called under the lock."""
    # Looking costs 0.6 ms: again only when something was imported, which may bring its own BLAS
    # as SciPy does. Importing SciPy here, to be sure of it, would cost every run 0.2 s.
    global _known, _modules
    if _modules != len(sys.modules):
        from threadpoolctl import ThreadpoolController

        _modules = len(sys.modules)
        _known = list(ThreadpoolController().select(user_api="blas").lib_controllers)
    return _known


def _set(library: Any, threads: int) -> None:
    # From version 3.8 on, threadpoolctl lets only one thread change OpenBLAS, and silently
    # ignores all others. Our first user and our last may be different threads.
    release = getattr(library, "clear_controlling_thread", lambda force: None)
    release(force=True)
    library.set_num_threads(threads)
    release(force=True)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit every BLAS of this process to one thread until the last user has left.

    The limit belongs to the process, not to the thread that asks for it, so users are counted:
    the first sets it, and the last one gives back what was there before. An inner use costs a
    few microseconds, and limits what was imported since the outer one.

    Examples
    --------
    >>> with one_blas_thread():
    ...     pass
    """
    global _users
    with _lock:
        for library in _libraries():
            # An OpenBLAS built with OpenMP has a limit in each thread, so look at every entry.
            threads = library.num_threads
            if threads != 1:
                _before.setdefault(library.filepath, (library, threads))
                _set(library, 1)
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                for library, threads in _before.values():
                    _set(library, threads)
                _before.clear()
