"""Laws of executors: the bits of one thread, and errors that arrive as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from operator import add
from typing import Any

import numpy as np

from gmmflow.executors.base import Engine
from gmmflow.executors.threads import Threads
from gmmflow.testing.data import dataset, ragged
from gmmflow.testing.law import Broken, Skip, agree, law, require
from gmmflow.testing.subject import Subject
from gmmflow.values.block import span_rows
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.row_pass import RowPass

#: Rows of the example: some spans, so that there is a tree of sums.
SPANS = 3


def rows() -> np.ndarray:
    """Numbers whose sum shows the order of additions."""
    rng = np.random.default_rng(4)
    values: np.ndarray = rng.normal(size=(SPANS * span_rows(3) + 77, 3))
    return values * 10.0 ** rng.integers(-8, 8, len(values))[:, None]


def as_dask(data: Dataset) -> Dataset:
    """The same data as Dask arrays, in the same chunks."""
    try:
        import dask.array
    except ModuleNotFoundError:
        raise Skip("dask.array is not installed") from None
    chunks = (data.chunks, (data.n_features,))
    return replace(data, rows=dask.array.from_array(data.rows, chunks))


def total(chunk: Chunk) -> np.ndarray:
    """Sums of the columns, with the place of the rows mixed in."""
    place = np.arange(chunk.first_row, chunk.first_row + len(chunk.rows))
    sums: np.ndarray = (chunk.rows * (1.0 + place[:, None] % 7)).sum(axis=0)
    return sums


def place(chunk: Chunk) -> tuple[int, int, int]:
    """Which chunk this is."""
    return chunk.index, chunk.first_row, len(chunk.rows)


def fail(chunk: Chunk) -> np.ndarray:
    """Raise in the middle of the data."""
    if chunk.first_row > 0:
        raise ArithmeticError(f"no sum of the rows from {chunk.first_row}")
    return total(chunk)


@contextmanager
def started(subject: Subject) -> Iterator[Engine]:
    """The executor at work; what it holds is given back in any case."""
    stage = subject.stage
    with stage.start() as engine:
        yield engine


def cuts() -> list[Dataset]:
    """The rows in one chunk, in many, in ragged ones with an empty one; in memory and not."""
    x = rows()
    sizes = [(len(x),), (len(x) // 4,) * 4 + (len(x) % 4,), ragged(len(x))]
    in_memory = [dataset(x, chunks) for chunks in sizes]
    return [*in_memory, *map(as_dask, in_memory)]


@law("sums have the bits of one thread")
def same_bits(subject: Subject) -> None:
    """In memory and as Dask arrays, in one chunk, many, and ragged ones; twice."""
    work = RowPass(total, add)
    with Threads(threads=1).start() as plain, started(subject) as engine:
        for data in cuts():
            expected = plain.reduce(data, work)
            for attempt in ("first", "second"):
                found = engine.reduce(data, work)
                agree(found, expected, 0.0, f"the {attempt} sum over {_what(data)}")


@law("tasks come in the order of the chunks, once each")
def in_order(subject: Subject) -> None:
    """For predictions: every chunk is one part of the output."""
    with Threads(threads=1).start() as plain, started(subject) as engine:
        for data in cuts():
            found, expected = list(engine.each(data, place)), list(plain.each(data, place))
            require(found == expected, f"over {_what(data)}: {found}, not {expected}")


@law("no rows have no sum")
def nothing(subject: Subject) -> None:
    """None, not an error."""
    with started(subject) as engine:
        for chunks in ((), (0,), (0, 0)):
            found = engine.reduce(Dataset(np.empty((0, 3)), ("a", "b", "c"), chunks), _work())
            require(found is None, f"chunks {chunks} gave {found!r}")


@law("an error of a task arrives as it is, and work can go on")
def errors(subject: Subject) -> None:
    """Its own type and text, for a pass and for tasks."""
    with started(subject) as engine:
        for data in (cuts()[1], cuts()[4]):
            for run in (
                lambda data=data: engine.reduce(data, RowPass(fail, add)),
                lambda data=data: list(engine.each(data, fail)),
            ):
                _raises(run, _what(data))
            require(engine.reduce(data, _work()) is not None, "nothing works after an error")


@law("leaving gives everything back, also after an error")
def closes(subject: Subject) -> None:
    """Threads that it started are gone; closing twice does no harm."""
    import threading

    before = set(threading.enumerate())
    for run in (_sum, _break_off):
        try:
            with started(subject) as engine:
                run(engine)
        except KeyError:
            pass
        engine.close()
    left = [t.name for t in set(threading.enumerate()) - before if not t.daemon and t.is_alive()]
    require(not left, f"threads are still there: {', '.join(left)}")


def _sum(engine: Engine) -> None:
    engine.reduce(cuts()[1], _work())


def _break_off(engine: Engine) -> None:
    next(iter(engine.each(cuts()[1], place)))
    raise KeyError("the caller fails")


def _work() -> RowPass:
    return RowPass(total, add)


def _raises(run: Any, what: str) -> None:
    try:
        run()
    except ArithmeticError as error:
        require(str(error).startswith("no sum of the rows"), f"another text: {error}")
    except Exception as error:
        raise Broken(f"over {what}: {type(error).__name__} ({error}), not the task's own") from None
    else:
        raise Broken(f"over {what}: the error of the task was lost")


def _what(data: Dataset) -> str:
    return f"{len(data.chunks)} chunks {'in memory' if data.in_memory else 'of a Dask array'}"
