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
_limit: Any = None


@cache
def _controller() -> Any:
    # threadpoolctl limits only libraries that are already loaded, and SciPy brings its own BLAS.
    # Finding them costs 0.6 ms, hence once a process.
    import_module("numpy")
    import_module("scipy.linalg")
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit every BLAS of this process to one thread until the last user has left.

    The limit belongs to the process, not to the thread that asks for it, so users are counted:
    the first sets it, and the last one gives back what was there before. An inner use costs
    about a microsecond.

    Examples
    --------
    >>> with one_blas_thread():
    ...     pass
    """
    global _users, _limit
    with _lock:
        if _users == 0:
            _limit = _controller().limit(limits=1, user_api="blas")
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _limit.restore_original_limits()
                _limit = None
