"""The run folder of a reporter that needs one."""

from __future__ import annotations

from pathlib import Path

from gmmflow.errors import OutputError
from gmmflow.reporters.base import ReportContext


def required(context: ReportContext, reporter: str) -> Path:
    """Absolute path of the run folder, asked for before the fit rather than after it.

    Raises
    ------
    OutputError
        The run leaves no folder.
    """
    if context.folder is None:
        raise OutputError(
            f"the report {reporter!r} writes files, but this fit has no output folder.",
            "Give the fit an output folder, or leave this report out.",
        )
    return context.folder.resolve()
