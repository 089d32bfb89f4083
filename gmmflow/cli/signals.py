"""SIGINT and SIGTERM end a run in order: its folder says so, and the exit code is 75."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from gmmflow.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn the first signal into `Interrupted`, raised in the main thread.

    A second one does what the system does with it, so that nobody has to wait.
    """
    before: dict[signal.Signals, Any] = {}

    def stop(number: int, frame: object) -> NoReturn:
        restore()
        raise Interrupted(
            f"stopped by {signal.Signals(number).name}; the data and earlier results are untouched",
            "run the same command again: it starts over",
        )

    def restore() -> None:
        while before:
            signal.signal(*before.popitem())

    for each in _SIGNALS:
        before[each] = signal.signal(each, stop)
    try:
        yield
    finally:
        restore()
