"""Laws of reporters: they watch a small real fit, with labels and without."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from gmmflow.em.pipeline import Fitted, scanner
from gmmflow.errors import OutputError
from gmmflow.executors.threads import Threads
from gmmflow.reporters.base import ReportContext, Watcher
from gmmflow.testing import fits
from gmmflow.testing.data import dataset, groups, ragged
from gmmflow.testing.law import Skip, agree, law, require
from gmmflow.testing.subject import Subject
from gmmflow.values.dataset import Dataset

K = 3


@dataclass
class Watched:
    """A run folder, its streams, and a watcher at work.

    Attributes
    ----------
    watcher : Watcher
    folder : Path or None
    stdout, stderr : StringIO
    """

    watcher: Watcher
    folder: Path | None
    stdout: StringIO
    stderr: StringIO


def watch(subject: Subject, with_folder: bool = True) -> Watched:
    """Start watching."""
    folder = subject.folder / "run" if with_folder else None
    if folder is not None:
        folder.mkdir(exist_ok=True)
    out, err = StringIO(), StringIO()
    context = ReportContext(folder, out, err, title="example")
    return Watched(subject.stage.watch(context), folder, out, err)


def example(labels: bool = True) -> Dataset:
    """Three groups of rows in ragged chunks."""
    rows, known = groups()
    return dataset(rows, ragged(len(rows)), labels=known if labels else None)


def run(subject: Subject, data: Dataset, watcher: Watcher | None) -> Fitted:
    """Fit two starts with a watcher, and let it report."""
    chosen = fits.settings(K, subject.folder, restarts=2)
    fitted = fits.fit(data, chosen, () if watcher is None else (watcher,))
    if watcher is not None:
        with Threads(threads=1).start() as engine:
            watcher.finish(fitted.result, scanner(data, engine, fitted))
    return fitted


@law("it reports on a fit")
def reports(subject: Subject) -> None:
    """Data with labels and without: something is written, to a file or a stream."""
    for labels in (True, False):
        seen = watch(subject)
        run(subject, example(labels), seen.watcher)
        seen.watcher.close()
        require(seen.folder is not None, "there is a folder")
        written = [path for path in _files(seen.folder) if path.stat().st_size > 0]
        said = seen.stdout.getvalue() + seen.stderr.getvalue()
        require(written or said, "nothing was written, to no file and to no stream")


@law("it writes below the run folder only, and says what")
def inside(subject: Subject) -> None:
    """`files` names what a run that starts over removes."""
    here = Path.cwd()
    before = _listing(here)
    seen = watch(subject)
    run(subject, example(), seen.watcher)
    seen.watcher.close()
    beside = sorted(path.name for path in subject.folder.iterdir() if path.name != "run")
    require(not beside, f"beside the run folder it wrote {', '.join(beside)}")
    new = sorted(_listing(here) - before)
    require(not new, f"in the current folder it wrote {', '.join(new)}")
    assert seen.folder is not None, "a folder was asked for"
    named = {path for glob in subject.stage.files for path in seen.folder.glob(glob)}
    forgotten = [
        str(path.relative_to(seen.folder))
        for path in _files(seen.folder)
        if path not in named and not named.intersection(path.parents)
    ]
    require(not forgotten, f"`files` does not name {', '.join(forgotten)}")


@law("it changes nothing that is fitted")
def passive(subject: Subject) -> None:
    """The result with a watcher is the result without."""
    seen = watch(subject)
    watched = run(subject, example(), seen.watcher).result
    seen.watcher.close()
    plain = run(subject, example(), None).result
    agree(watched.mixture.weights, plain.mixture.weights, 0.0, "weights of the watched fit")
    for name, value in plain.mixture.parameters.items():
        agree(watched.mixture.parameters[name], value, 0.0, f"{name} of the watched fit")
    require(
        [step.log_likelihood for step in watched.fit.trace]
        == [step.log_likelihood for step in plain.fit.trace],
        "the trace of the watched fit is another",
    )


@law("it can be closed at any moment")
def closes(subject: Subject) -> None:
    """Before anything, after an error half-way, and twice; no file stays open."""
    data = example()
    plain = run(subject, data, None).result
    step = plain.fit.trace[0]

    def begun(watcher: Watcher) -> None:
        watcher.begin(plain.data, 2)

    def halfway(watcher: Watcher) -> None:
        begun(watcher)
        watcher.step(step, plain.history[0])

    opened = _open_files(subject.folder)
    moments: tuple[Callable[[Watcher], None], ...] = (lambda watcher: None, begun, halfway)
    for moment in moments:
        seen = watch(subject)
        moment(seen.watcher)
        seen.watcher.close()
        seen.watcher.close()
    left = _open_files(subject.folder) - opened
    require(not left, f"files are still open: {', '.join(sorted(left))}")


@law("its streams stay open")
def streams(subject: Subject) -> None:
    """Both stdout and stderr belong to the caller."""
    seen = watch(subject)
    run(subject, example(), seen.watcher)
    seen.watcher.close()
    require(not seen.stdout.closed and not seen.stderr.closed, "it closed a stream that is not its")


@law("without a run folder it reports to its streams, or says so at once")
def folderless(subject: Subject) -> None:
    """OutputError before the fit, not after it."""
    try:
        seen = watch(subject, with_folder=False)
    except OutputError as error:
        require(error.remedy, f"the error lacks a remedy: {error}")
        return
    run(subject, example(), seen.watcher)
    seen.watcher.close()
    found = [path.name for path in subject.folder.iterdir()]
    require(not found, f"without a run folder it wrote {', '.join(found)}")


def _files(folder: Path | None) -> Iterator[Path]:
    assert folder is not None, "a folder was asked for"
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _listing(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def _open_files(folder: Path) -> set[str]:
    """Files below a folder that this process holds open."""
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        raise Skip("this system does not tell which files are open")
    held: set[str] = set()
    for descriptor in descriptors.iterdir():
        try:
            target: Any = os.readlink(descriptor)
        except OSError:
            continue
        if target.startswith(str(folder)):
            held.add(target)
    return held
