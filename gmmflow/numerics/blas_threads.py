"""One BLAS thread for each of our workers.

The workers themselves use the cores; a BLAS that starts threads of its own in each of them runs
two threads at half the speed of one (measured), and its sums may depend on their number.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any

_lock = Lock()
_users = 0
_before: list[int] = []


@cache
def _libraries() -> list[Any]:
    # threadpoolctl limits only libraries that are already loaded, and SciPy brings its own BLAS.
    # Finding them costs 0.6 ms, hence once a process.
    import_module("numpy")
    import_module("scipy.linalg")
    from threadpoolctl import ThreadpoolController

    return list(ThreadpoolController().select(user_api="blas").lib_controllers)


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
    few microseconds.

    Examples
    --------
    >>> with one_blas_thread():
    ...     pass
    """
    global _users, _before
    libraries = _libraries()
    with _lock:
        if _users == 0:
            _before = [library.num_threads for library in libraries]
        _users += 1
        for library in libraries:
            # An OpenBLAS built with OpenMP has a limit in each thread, so look at every entry.
            if library.num_threads != 1:
                _set(library, 1)
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                for library, threads in zip(libraries, _before, strict=True):
                    _set(library, threads)
