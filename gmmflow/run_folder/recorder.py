"""A run's own record: claims the folder, and writes all that every run leaves behind.

In the order of time: ``config.resolved.yaml`` and a first ``manifest.json``, ``trace.jsonl``,
the model, the manifest with how the run ended, and, only after exit code 0, ``_SUCCESS``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any

import gmmflow
from gmmflow.config import dump_yaml
from gmmflow.em.pipeline import Fitted
from gmmflow.errors import Exit, GmmflowError
from gmmflow.memory import peak_rss
from gmmflow.reporters.base import Watcher
from gmmflow.reporters.writing import durable
from gmmflow.run_folder import names
from gmmflow.run_folder.failures import exit_code
from gmmflow.run_folder.folder import RunFolder
from gmmflow.run_folder.identity import config_hash, identity_of
from gmmflow.run_folder.machine import describe_machine
from gmmflow.run_folder.model_file import save_model
from gmmflow.run_folder.trace import Trace
from gmmflow.stage import Stage
from gmmflow.values.block import block_rows, span_rows
from gmmflow.values.dataset import Dataset

if TYPE_CHECKING:
    from gmmflow.config.loading import LoadedConfig


def output_folder(loaded: LoadedConfig) -> Path:
    """The run folder of a config: what is written starts at the current folder."""
    named = loaded.config.output or f"runs/{loaded.name}"
    return Path(named).expanduser().absolute()


class Recorder:
    """Records one run. Use it as a context manager round the run.

    Attributes
    ----------
    path : Path
        The run folder.
    finished : bool
        The folder holds the finished run of this very config: there is nothing to do.
    """

    def __init__(self, loaded: LoadedConfig, folder: RunFolder) -> None:
        self._loaded = loaded
        self._folder = folder
        self._began = monotonic()
        identity = identity_of(loaded)
        self._manifest: dict[str, Any] = {
            "gmmflow": gmmflow.__version__,
            "outcome": "running",
            "config_hash": config_hash(identity),
            "identity": identity,
            "files": [pattern for each in loaded.config.report for pattern in each.files],
            "seed": loaded.config.seed,
            "executor": loaded.resolved["run"],
            "plugins": providers(loaded),
            "started": _now(),
        }

    @classmethod
    def claim(cls, loaded: LoadedConfig, restart: bool = False) -> Recorder:
        """Take the config's run folder; see `RunFolder.claim` for what is refused."""
        folder = RunFolder.claim(output_folder(loaded), identity_of(loaded), restart)
        if folder.finished:
            folder.release()
        return cls(loaded, folder)

    @property
    def path(self) -> Path:
        return self._folder.path

    @property
    def finished(self) -> bool:
        return self._folder.finished

    def __enter__(self) -> Recorder:
        try:
            self._write(names.CONFIG, dump_yaml(self._rerun()))
            self._write_manifest()
        except GmmflowError:
            self._folder.release()
            raise
        return self

    def read(self, data: Dataset) -> None:
        """Record what was read."""
        sizes = [[size, len(list(run))] for size, run in groupby(data.chunks)]
        self._manifest["data"] = {
            "fingerprint": data.fingerprint,
            "rows": data.n_rows,
            "columns": list(data.names),
            "in_memory": data.in_memory,
            # Runs of equal chunks: [rows of each, how many].
            "chunks": sizes,
            "block_rows": block_rows(data.n_features),
            "span_rows": span_rows(data.n_features),
        }
        self._write_manifest()

    def trace(self) -> Watcher:
        """The watcher that writes ``trace.jsonl``."""
        self._trace = Trace(self.path)
        return self._trace

    def save(self, fitted: Fitted) -> None:
        """Write the model."""
        save_model(self.path, fitted)
        result = fitted.result
        self._manifest["result"] = {
            "log_likelihood": result.fit.log_likelihood,
            "iterations": result.fit.trace[-1].iteration,
            "reason": str(result.fit.stop.reason),
        }

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        try:
            self._end(error)
        except GmmflowError:
            # What ended the run matters more than that it could not be written down.
            if error is None:
                raise
        finally:
            self._folder.release()

    def _end(self, error: BaseException | None) -> None:
        code = exit_code(error)
        self._manifest |= {
            "outcome": "finished" if error is None else "failed",
            "exit_code": int(code),
            "ended": _now(),
            "seconds": monotonic() - self._began,
            "peak_memory_bytes": peak_rss(),
            "machine": describe_machine(),
        }
        if code == Exit.TEMPORARY:
            self._manifest["outcome"] = "interrupted"
        if error is not None:
            first_line = (str(error).splitlines() or [""])[0]
            self._manifest["error"] = f"{type(error).__name__}: {first_line}".rstrip(": ")
        self._write_manifest()
        if error is None:
            durable.write(self.path / names.SUCCESS, [])

    def _rerun(self) -> dict[str, Any]:
        """The resolved config, complete enough to be run again from inside the folder."""
        return {**self._loaded.resolved, "output": str(self.path)}

    def _write_manifest(self) -> None:
        text = json.dumps(self._manifest, indent=2, sort_keys=True, ensure_ascii=False)
        self._write(names.MANIFEST, text + "\n")

    def _write(self, name: str, text: str) -> None:
        durable.write(self.path / name, [text.encode()])


def providers(loaded: LoadedConfig) -> list[dict[str, str]]:
    """Stages of a config that are not our own, with distribution and version or file and hash."""
    config = loaded.config
    stages: list[Stage] = [
        config.data, *config.transform, config.model.distribution, config.init,
        config.fit.e_step, config.fit.m_step, *config.fit.convergence, config.run, *config.report,
    ]  # fmt: skip
    return [each for each in _records(stages, loaded) if each.get("distribution") != "gmmflow"]


def _records(stages: Sequence[Stage], loaded: LoadedConfig) -> list[dict[str, str]]:
    records = []
    for stage in stages:
        inner = [value for _, value in stage if isinstance(value, Stage)]
        own = {"stage": stage.type, **loaded.registry.provider(stage).record()}
        records += [own, *_records(inner, loaded)]
    return records


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
