"""What a run says when there is nothing to do: the summary of the finished one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gmmflow.reporters.console import Console
from gmmflow.run_folder.recorder import Recorder
from gmmflow.values.result import Result

if TYPE_CHECKING:
    from gmmflow.config.loading import LoadedConfig


def recall(recorder: Recorder, loaded: LoadedConfig, result: Result) -> None:
    """Print why nothing was done to stderr, and the old summary where a summary is reported."""
    from gmmflow.reporters.console_report.summary import show

    for remark in recorder.remarks():
        print(remark, file=sys.stderr)
    for reporter in loaded.config.report:
        if isinstance(reporter, Console):
            show(result, loaded.name, recorder.path, sys.stdout, reporter.precision)
