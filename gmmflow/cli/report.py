"""``gmmflow report RUN``: the reports of a finished run, written again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gmmflow.cli.finished_run import FinishedRun, add_run_argument
from gmmflow.errors import DataError, Exit, InputMissing

if TYPE_CHECKING:
    from gmmflow.reporters.base import Labelled, Reporter
    from gmmflow.values.result import Result

#: There is nothing to watch.
_QUIET = {"console": {"progress": "none"}}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_run_argument(parser)
    parser.add_argument(
        "--type",
        action="append",
        metavar="NAME",
        dest="types",
        help="a report such as html, with the options of the run's config if it is in it; may be "
        "given again; by default the summary of console",
    )


def run(args: argparse.Namespace) -> int:
    """Write the reports."""
    from gmmflow.reporters.base import ReportContext

    finished = FinishedRun.open(args.run)
    folder = finished.folder.resolve()
    reporters = [build(finished, name) for name in args.types or ["console"]]
    result = finished.model.result
    if any(reporter.wants_history for reporter in reporters):
        result = with_history(finished)
    context = ReportContext(folder, sys.stdout, sys.stderr, folder.name)
    with ExitStack() as stack:

        def scan(task: Callable[[Labelled], Any]) -> Iterator[Any]:
            # The data are read only for reports that ask for rows.
            data = finished.rows(None)
            return stack.enter_context(finished.scan(data, own=True))(task)

        for reporter in reporters:
            watcher = reporter.watch(context)
            stack.callback(watcher.close)
            watcher.begin(result.data, len(result.fits))
            watcher.finish(result, scan)
    return Exit.DONE


def build(finished: FinishedRun, name: str) -> Reporter:
    """A reporter by name, with the options that the run's config gives it."""
    from gmmflow.config import build_stage

    try:
        described = finished.config.resolved["report"]
        registry = finished.config.registry
    except InputMissing:  # a model without a run
        described, registry = [], None
    own: dict[str, Any] = next((each for each in described if each["type"] == name), {})
    stage: Any = build_stage("reporters", {**own, "type": name, **_QUIET.get(name, {})}, registry)
    return stage


def with_history(finished: FinishedRun) -> Result:
    """The result with the mixtures of all iterations, from the file of the trajectory.

    Raises
    ------
    InputMissing
        The run did not report it.
    DataError
        The file is damaged, or of another run.
    """
    from gmmflow.reporters.trajectory import FILE_NAME
    from gmmflow.run_folder.array_file import unpack
    from gmmflow.values.mixture import Mixture

    path, result = finished.folder / FILE_NAME, finished.model.result
    mixture = result.mixture
    try:
        arrays = unpack(path.read_bytes())
        history = tuple(
            Mixture(
                mixture.distribution,
                weights,
                {name: arrays[name][i] for name in mixture.parameters},
            )
            for i, weights in enumerate(arrays["weights"])
        )
    except FileNotFoundError:
        raise InputMissing(
            f"{path} is missing, and this report shows every iteration",
            "run again with {type: trajectory} in the config's `report:`",
        ) from None
    except (ValueError, KeyError, IndexError) as error:
        raise DataError(f"{path} is damaged: {error}", "run again with --restart") from error
    if len(history) != len(result.fit.trace):
        raise DataError(f"{path} is of another run", "run again with --restart")
    return replace(result, history=history)
