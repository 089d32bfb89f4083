"""``gmmflow sample RUN -n N``: rows drawn from a finished run's model."""

from __future__ import annotations

import argparse

from gmmflow.cli.finished_run import FinishedRun, add_run_argument
from gmmflow.cli.tables import Columns, add_output_argument, table
from gmmflow.errors import Exit, UsageError

#: Rows that are written at a time.
_ROWS = 1 << 16


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_run_argument(parser)
    parser.add_argument("-n", "--rows", type=int, required=True, metavar="N", help="how many")
    parser.add_argument("--seed", type=int, default=0, help="equal seeds give equal rows (0)")
    add_output_argument(parser, "the rows without their components")


def run(args: argparse.Namespace) -> int:
    """Write rows in data units, each with the component that it comes from."""
    import numpy as np

    if args.rows < 1:
        raise UsageError(f"-n must be at least 1, is {args.rows}", "ask for some rows")
    if args.seed < 0:
        raise UsageError(f"--seed must not be negative, is {args.seed}", "give another seed")
    model = FinishedRun.open(args.run).model
    rows, components = model.sample(args.rows, args.seed)
    names = model.result.data.model_names
    label = "component"
    while label in names:  # a column of the data may be called so
        label = f"{label}_"
    with table(args.output, args.rows) as out:
        for first in range(0, args.rows, _ROWS):
            part = slice(first, first + _ROWS)
            columns: Columns = {name: rows[part, i] for i, name in enumerate(names)}
            if not out.bare:
                columns[label] = components[part].astype(np.int32)
            out.add(columns)
    return Exit.DONE
