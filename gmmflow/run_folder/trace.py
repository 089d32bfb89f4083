"""``trace.jsonl``: one line for each iteration of each candidate, as they come."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import TextIO

from gmmflow.durable import refusal
from gmmflow.reporters.base import Watcher
from gmmflow.run_folder import names
from gmmflow.values.conditioning import smallest_eigenvalue
from gmmflow.values.mixture import Mixture
from gmmflow.values.trace import Step


class Trace(Watcher):
    """Writes the trace; a killed run keeps what it had said.

    A line has the fields of `gmmflow.values.trace.Step`, and ``smallest_eigenvalue``, that of the
    covariance matrices in the units that EM works in; numbers that are not finite are null.

    Parameters
    ----------
    folder : Path
        The run folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / names.TRACE
        self._file: TextIO | None = None

    def step(self, step: Step, mixture: Mixture) -> None:
        """Write a line, and hand it to the system."""
        told = asdict(step) | {"smallest_eigenvalue": smallest_eigenvalue(mixture)}
        values = {
            name: None if isinstance(value, float) and not isfinite(value) else value
            for name, value in told.items()
        }
        try:
            if self._file is None:
                self._file = open(self._path, "w", encoding="utf-8")  # noqa: SIM115 - see `close`
            self._file.write(json.dumps(values, default=float) + "\n")
            self._file.flush()
        except OSError as error:
            raise refusal(error, self._path) from error

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            # Every line was flushed, or refused, when it was written.
            with suppress(OSError):
                self._file.close()
            self._file = None
