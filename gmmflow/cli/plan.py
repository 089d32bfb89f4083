"""``gmmflow plan CONFIG``: what a run would read, hold, compute and write; nothing is done."""

from __future__ import annotations

import argparse
import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from gmmflow.cli.parser import add_config_arguments
from gmmflow.cli.run import add_output_argument, overrides
from gmmflow.errors import Exit

if TYPE_CHECKING:
    from gmmflow.cli.estimate import Estimate
    from gmmflow.config.loading import LoadedConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_config_arguments(parser)
    add_output_argument(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print the plan."""
    from gmmflow.cli.estimate import estimate, files_of, folder_state
    from gmmflow.config import load

    loaded = load(args.config, overrides(args))
    found = estimate(loaded)
    folder, state = folder_state(loaded)
    if args.json:
        writes = {"folder": str(folder), "state": state, "files": files_of(loaded)}
        print(json.dumps(as_dict(found) | {"write": writes}, indent=2))
        return Exit.DONE
    parts = {
        "read": read_lines(found),
        "chunks": chunk_lines(found),
        "hold": memory_lines(found),
        "compute": compute_lines(loaded, found),
        "write": [f"{folder}, which {state}", *files_of(loaded)],
    }
    for name, lines in parts.items():
        for index, line in enumerate(lines):
            print(f"{'' if index else name:<9} {line}")
    return Exit.DONE


def read_lines(found: Estimate) -> list[str]:
    """Where the rows come from."""
    from gmmflow.reporters.facts.text import count, listing

    source = found.source
    rows = "rows: only reading can tell" if source.n_rows is None else count(source.n_rows, "row")
    disk = f", {size(source.n_bytes)} on disk" if source.n_bytes else ""
    columns = f"{count(len(source.names), 'column')}: {listing(source.names, 8)}"
    return [f"{source.description}{disk}", rows, f"{columns} ({source.dtype})"]


def chunk_lines(found: Estimate) -> list[str]:
    """How the rows are cut."""
    from gmmflow.reporters.facts.text import count

    cut = f"work in spans of {found.span_rows:,} rows, kernels in blocks of {found.block_rows:,}"
    if found.source.chunks is None:
        return ["known once the rows are counted", cut]
    runs = [(rows, len(list(run))) for rows, run in groupby(found.source.chunks)]
    shown = ", ".join(f"{n:,} of {count(rows, 'row')}" for rows, n in runs[:3])
    more = ", ..." if len(runs) > 3 else ""
    return [f"{count(len(found.source.chunks), 'chunk')}: {shown}{more}", cut]


def memory_lines(found: Estimate) -> list[str]:
    """What is in memory, against the budget."""
    most = "at most " if found.source.n_rows is None else ""
    rows, limit = size(found.row_bytes), size(found.held_limit)
    held = {
        True: f"the rows are held: {most}{rows} of the {limit} that they may take",
        False: f"the rows ({rows}) are read again in every sweep: more than {limit} is not held",
        None: f"the rows are held up to {limit}; more is kept in a scratch folder and read again "
        f"in every sweep (this text can give {rows})",
    }[found.held]
    enough = "within" if found.memory <= found.budget else "MORE THAN"
    return [
        held,
        f"about {size(found.memory)} in all, {enough} the budget of {size(found.budget)}: "
        f"{size(found.rows_memory)} rows, {size(found.work_memory)} buffers of "
        f"{found.threads} thread{'s' * (found.threads > 1)}, {size(found.statistics_memory)} sums, "
        "the rest libraries",
    ]


def compute_lines(loaded: LoadedConfig, found: Estimate) -> list[str]:
    """What is fitted, and what it costs."""
    from gmmflow.cli.validate import numbers
    from gmmflow.reporters.facts.text import count, listing

    config = loaded.config
    laws = listing((each.label for each in config.model.distribution), 14)
    models = len(found.models)
    starts = f"{count(found.candidates // models, 'start')} by {config.init.type}"
    if models == 1:
        first = f"{starts}, {count(found.n_free, 'free parameter')} each"
    else:
        least = min(model.n_free for model in found.models)
        first = f"{models:,} models of {least:,} to {found.n_free:,} free parameters, each {starts}"
    lines = [
        f"{numbers(config.model.components)} of {laws} in {count(found.n_features, 'column')}, "
        + first,
        "2 to 4 passes over the rows before EM: a look at the columns, and the start",
        f"one pass an iteration for all {'starts' if models == 1 else 'candidates'}"
        + (f", at most {found.iteration_limit:,}" if found.iteration_limit is not None else ""),
    ]
    if found.flops is not None:
        lines.append(f"about {found.flops:.2g} floating-point operations an iteration")
    return lines


def as_dict(found: Estimate) -> dict[str, Any]:
    """The estimate for machines."""
    from dataclasses import asdict

    values = asdict(found)
    source = values.pop("source")
    chunks = source["chunks"]
    if chunks is not None:
        source["chunks"] = [[rows, len(list(run))] for rows, run in groupby(chunks)]
    return {"read": source, **values, "memory": found.memory}


def size(n_bytes: int) -> str:
    """Bytes as people read them."""
    value, units = float(n_bytes), ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    while value >= 1024 and len(units) > 1:
        value /= 1024
        units.pop(0)
    return f"{value:.0f} B" if units[0] == "B" else f"{value:.3g} {units[0]}"
