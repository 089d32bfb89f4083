"""``gmmflow score RUN [DATA]``: how probable rows are under a finished run's model."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmmflow.cli.finished_run import FinishedRun, add_data_argument, add_run_argument
from gmmflow.cli.tables import Columns, add_output_argument, table
from gmmflow.errors import Exit, UsageError

if TYPE_CHECKING:
    from gmmflow.reporters.base import Labelled
    from gmmflow.values.dataset import Dataset


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_run_argument(parser)
    add_data_argument(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--samples", action="store_true", help="write the log density of every row instead"
    )
    add_output_argument(parser, "log densities")


def run(args: argparse.Namespace) -> int:
    """Print the log-likelihood and what follows from it, or write the log densities."""
    if args.output is not None and not args.samples:
        raise UsageError("--output is for --samples", "add --samples, or leave --output out")
    if args.json and args.samples:
        raise UsageError("--json and --samples exclude each other", "leave one of them out")
    finished = FinishedRun.open(args.run)
    data = finished.rows(args.data)
    own = args.data is None
    if args.samples:
        with finished.scan(data, own) as scan, table(args.output, data.n_rows) as out:
            for columns in scan(Densities(out.bare)):
                out.add(columns)
        return Exit.DONE
    with finished.scan(data, own) as scan:
        totals = list(scan(total))
    measures = criteria(finished, data, math.fsum(t for t, _ in totals), sum(w for _, w in totals))
    if args.json:
        print(json.dumps(measures, indent=2))
    else:
        width = max(map(len, measures))
        for name, value in measures.items():
            print(f"{name.replace('_', ' '):{width}}  {value}")
    return Exit.DONE


def criteria(
    finished: FinishedRun, data: Dataset, log_likelihood: float, weight: float
) -> dict[str, float | int | str]:
    """Measures by name; BIC and AIC count the free parameters of the fit."""
    fit, frame = finished.model.result.fit, finished.model.fitted.frame
    return {
        "rows": data.n_rows,
        "weight": weight,
        "log_likelihood": log_likelihood,
        "mean_log_likelihood": log_likelihood / weight,
        "bic": -2.0 * log_likelihood + fit.n_free * math.log(weight),
        "aic": -2.0 * log_likelihood + 2.0 * fit.n_free,
        "units": "transformed" if frame.log_abs_det is None else "data",
    }


def total(labelled: Labelled) -> tuple[float, float]:
    """Weighted log-likelihood of a chunk, and the sum of its weights."""
    import numpy as np

    log_density, weight = np.asarray(labelled.log_density), labelled.chunk.sample_weight
    if weight is None:
        return float(log_density.sum()), float(len(log_density))
    counted = weight > 0  # rows of zero weight count nothing, not even infinity
    return float((log_density[counted] * weight[counted]).sum()), float(weight.sum())


@dataclass(frozen=True)
class Densities:
    """Task: log densities of one chunk.

    Attributes
    ----------
    bare : bool
        Without the index of the row.
    """

    bare: bool

    def __call__(self, labelled: Labelled) -> Columns:
        """Columns of the chunk, each (m,)."""
        import numpy as np

        first = labelled.chunk.first_row
        rows = {} if self.bare else {"row": np.arange(first, first + len(labelled.log_density))}
        return {**rows, "log_density": np.asarray(labelled.log_density, np.float64)}
