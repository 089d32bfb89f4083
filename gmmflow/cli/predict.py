"""``gmmflow predict RUN [DATA]``: the component of every row under a finished run's model."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmmflow.cli.finished_run import FinishedRun, add_data_argument, add_run_argument
from gmmflow.cli.tables import Columns, add_output_argument, table
from gmmflow.errors import Exit

if TYPE_CHECKING:
    from gmmflow.reporters.base import Labelled


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_run_argument(parser)
    add_data_argument(parser)
    add_output_argument(parser, "components, or with --proba of probabilities")
    parser.add_argument(
        "--proba",
        action="store_true",
        help="also the probability of every component, resp_0, resp_1, ...",
    )


def run(args: argparse.Namespace) -> int:
    """Write ``row`` (from 0), ``component`` (from 0), and on request the probabilities."""
    finished = FinishedRun.open(args.run)
    data = finished.rows(args.data)
    with (
        finished.scan(data, own=args.data is None) as scan,
        table(args.output, data.n_rows) as out,
    ):
        for columns in scan(Assign(args.proba, out.bare)):
            out.add(columns)
    return Exit.DONE


@dataclass(frozen=True)
class Assign:
    """Task: columns of one chunk.

    Attributes
    ----------
    proba : bool
        With the probabilities.
    bare : bool
        Nothing but them, or but the components.
    """

    proba: bool
    bare: bool

    def __call__(self, labelled: Labelled) -> Columns:
        """Columns of the chunk, each (m,)."""
        import numpy as np

        first, resp = labelled.chunk.first_row, labelled.resp
        component = {"component": resp.argmax(axis=1).astype(np.int32)}
        proba = {f"resp_{i}": resp[:, i] for i in range(resp.shape[1])} if self.proba else {}
        if self.bare:
            return proba or component
        return {"row": np.arange(first, first + len(resp)), **component, **proba}
