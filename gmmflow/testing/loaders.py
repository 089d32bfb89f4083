"""Laws of loaders."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from gmmflow.errors import GmmflowError, InputMissing
from gmmflow.loaders.base import LoadContext
from gmmflow.testing.law import Broken, Skip, agree, law, require
from gmmflow.testing.subject import Subject
from gmmflow.values.dataset import Dataset


def load(subject: Subject, **limits: Any) -> Dataset:
    """Load the example."""
    subject.stage  # noqa: B018 - writes the example into the folder first
    found: Dataset = subject.stage.load(LoadContext(folder=subject.folder, **limits))
    return found


def numbers(array: Any) -> Any:
    """A column or rows of a data set, in memory."""
    return array if array is None or isinstance(array, np.ndarray) else array.compute()


@law("the rows are numbers of the type that is said")
def shaped(subject: Subject) -> None:
    """Finite float64 or float32 rows, a name for each column, chunks that cover them."""
    data = load(subject)
    rows = numbers(data.rows)
    require(rows.ndim == 2, f"rows have shape {rows.shape}")
    require(rows.dtype in (np.float64, np.float32), f"rows are {rows.dtype}")
    require(
        rows.shape == (data.n_rows, len(data.names)), f"rows {rows.shape}, chunks {data.chunks}"
    )
    require(np.isfinite(rows).all(), "a value is not finite")
    require(len(set(data.names)) == len(data.names), f"a name is there twice: {data.names}")
    require(all(isinstance(size, int) and size >= 0 for size in data.chunks), f"{data.chunks}")
    require(rows.dtype == getattr(subject.stage, "dtype", rows.dtype), f"rows are {rows.dtype}")


@law("weights and labels belong to the rows")
def beside(subject: Subject) -> None:
    """As many as rows; weights are not negative, labels are codes of their names."""
    data = load(subject)
    weight, labels = numbers(data.sample_weight), numbers(data.labels)
    if weight is None and labels is None:
        raise Skip("the example has neither weights nor labels")
    if weight is not None:
        require(weight.shape == (data.n_rows,), f"weights have shape {weight.shape}")
        require(np.isfinite(weight).all() and (weight >= 0).all(), "a weight is not usable")
    if labels is not None:
        require(labels.shape == (data.n_rows,), f"labels have shape {labels.shape}")
        require(labels.dtype == np.int32, f"labels are {labels.dtype}")
        low, high = int(labels.min()), int(labels.max())
        require(-1 <= low <= high < len(data.label_names), f"labels {low} to {high}")
    for role in ("sample_weight", "labels"):
        column = getattr(subject.stage, role, None)
        require(
            not isinstance(column, str) or column not in data.names,
            f"{column!r} is the column of {role} and a feature too",
        )


@law("reading twice gives the same")
def repeatable(subject: Subject) -> None:
    """Rows in the same order, and a fingerprint that is not empty."""
    a, b = load(subject), load(subject)
    agree(numbers(a.rows), numbers(b.rows), 0.0, "rows read a second time")
    require(a.chunks == b.chunks, f"chunks {a.chunks}, then {b.chunks}")
    require(a.names == b.names, f"names {a.names}, then {b.names}")
    require(a.fingerprint, "the fingerprint is empty: a changed file would not be noticed")
    require(a.fingerprint == b.fingerprint, "the fingerprint changes from one reading to the next")


@law("the memory budget changes where the rows are, not what they are")
def budget(subject: Subject) -> None:
    """An ndarray where the rows fit, a Dask array in the same chunks where they do not."""
    small, large = load(subject, in_memory=0), load(subject, in_memory=1 << 40)
    require(large.in_memory, "rows that fit are not an ndarray")
    require(not small.in_memory, "rows that do not fit are an ndarray")
    require(small.chunks == large.chunks, f"chunks {small.chunks}, or {large.chunks} in memory")
    require(
        small.rows.chunks == (small.chunks, (len(small.names),)),
        f"the Dask array is cut into {small.rows.chunks}, and chunks says {small.chunks}",
    )
    agree(numbers(small.rows), large.rows, 0.0, "rows of the Dask array")
    for role in ("sample_weight", "labels"):
        held, lazy = getattr(large, role), numbers(getattr(small, role))
        require((held is None) == (lazy is None), f"{role} are only there for one of the two")
        if held is not None:
            agree(lazy, held, 0.0, f"{role} of the Dask array")


@law("inspect says what load will read")
def foretold(subject: Subject) -> None:
    """Without reading rows; None where only reading can tell."""
    data = load(subject)
    source = subject.stage.inspect(LoadContext(folder=subject.folder))
    require(source.description.strip(), "the description is empty")
    require(source.names == data.names, f"names {source.names}, and {data.names} are loaded")
    require(source.n_rows in (None, data.n_rows), f"{source.n_rows} rows; {data.n_rows} are loaded")
    require(source.chunks in (None, data.chunks), f"chunks {source.chunks}, not {data.chunks}")
    require(source.dtype == str(data.rows.dtype), f"{source.dtype}; {data.rows.dtype} is loaded")
    require(source.n_bytes >= 0, f"{source.n_bytes} bytes")


@law("a file that is not there is an InputMissing error")
def missing(subject: Subject) -> None:
    """With a remedy, from load and from inspect."""
    if "path" not in type(subject.stage).model_fields:
        raise Skip("it has no option `path`")
    stage = type(subject.stage)(**{**dict(subject.stage), "path": "no-such-file.xyz"})
    context = LoadContext(folder=subject.folder)
    for read in (stage.load, stage.inspect):
        try:
            read(context)
        except InputMissing as error:
            require("no-such-file" in str(error), f"the error does not name the file: {error}")
            require(error.remedy, "the error lacks a remedy")
        except GmmflowError as error:
            raise Broken(f"{type(error).__name__} instead: {error}") from None
        else:
            raise Broken(f"{read.__name__} found a file that is not there")


@law("loading leaves nothing behind")
def tidy(subject: Subject) -> None:
    """No files beside the data, and no threads of its own."""
    subject.stage  # noqa: B018 - writes the example into the folder first
    files, threads = set(subject.folder.rglob("*")), set(threading.enumerate())
    load(subject)
    new = sorted(str(each.relative_to(subject.folder)) for each in subject.folder.rglob("*"))
    require(
        set(subject.folder.rglob("*")) == files, f"the folder holds {', '.join(new)} after loading"
    )
    left = [t.name for t in set(threading.enumerate()) - threads if not t.daemon]
    require(not left, f"threads are still there: {', '.join(left)}")
