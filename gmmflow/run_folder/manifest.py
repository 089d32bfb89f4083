"""What ``manifest.json`` says of a run: where it came from, on what, and how it ended.

Only what is listed here is written down: nothing of the environment, no command line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import gmmflow
from gmmflow.errors import Exit
from gmmflow.memory import peak_rss
from gmmflow.run_folder.failures import exit_code
from gmmflow.run_folder.identity import config_hash, identity_of
from gmmflow.run_folder.machine import describe_machine
from gmmflow.stage import Stage
from gmmflow.values.block import BLOCK_BYTES, span_rows
from gmmflow.values.dataset import Dataset
from gmmflow.values.result import Result

if TYPE_CHECKING:
    from gmmflow.config.loading import LoadedConfig

Record = dict[str, Any]


def at_start(loaded: LoadedConfig) -> Record:
    """What is known before the data are read."""
    config, identity = loaded.config, identity_of(loaded)
    return {
        "gmmflow": gmmflow.__version__,
        "outcome": "running",
        "started": now(),
        "config_hash": config_hash(identity),
        "identity": identity,
        "seed": config.seed,
        "executor": loaded.resolved["run"],
        "reports": loaded.resolved["report"],
        "files": [pattern for reporter in config.report for pattern in reporter.files],
        "plugins": list(_plugins(loaded)),
    }


def of_data(data: Dataset) -> Record:
    """What was read, and how it is cut."""
    return {
        "fingerprint": data.fingerprint,
        "rows": data.n_rows,
        "columns": list(data.names),
        "in_memory": data.in_memory,
        # Chunks in their order, as [rows, how many such chunks follow each other].
        "chunks": [[size, len(list(run))] for size, run in groupby(data.chunks)],
        "block_bytes": BLOCK_BYTES,
        "span_rows": span_rows(data.n_features),
    }


def of_result(result: Result) -> Record:
    """The result in a line."""
    return {
        "log_likelihood": result.fit.log_likelihood,
        "iterations": result.fit.trace[-1].iteration,
        "reason": str(result.fit.stop.reason),
        "components": result.fit.n_components,
        "distribution": result.fit.distribution.label,
        "criterion": result.criterion,
        "candidates": result.rows(),
    }


def at_end(error: BaseException | None, seconds: float) -> Record:
    """How the run ended, on which machine, and what it took."""
    code = exit_code(error)
    outcome = "finished" if error is None else "failed"
    record = {
        "outcome": "interrupted" if code == Exit.TEMPORARY else outcome,
        "exit_code": int(code),
        "ended": now(),
        "seconds": seconds,
        "peak_memory_bytes": peak_rss(),
        "machine": describe_machine(),
    }
    if error is not None:
        first_line = next(iter(str(error).splitlines()), "")
        record["error"] = f"{type(error).__name__}: {first_line}".rstrip(": ")
    return record


def text(record: Record) -> str:
    """The file: sorted, so that two runs can be compared line by line."""
    return json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False, default=float) + "\n"


def now() -> str:
    """The time in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _plugins(loaded: LoadedConfig) -> Iterator[dict[str, str]]:
    """Stages that are not our own, with their distribution and version, or file and hash."""
    config = loaded.config
    stages: list[Stage] = [
        config.data, *config.transform, *config.model.distribution, config.init,
        config.fit.e_step, config.fit.m_step, *config.fit.convergence, config.run, *config.report,
    ]  # fmt: skip
    for stage in (inner for each in stages for inner in each.with_inner()):
        record = loaded.registry.provider(stage).record()
        if record.get("distribution") != "gmmflow":
            yield {"kind": stage.kind, "stage": stage.type, **record}
