"""A run whose stages are in a local file, on processes that cannot import it."""

from collections.abc import Iterator

import numpy as np
import pytest

import gmmflow

PLUGIN = """
from dataclasses import dataclass
from typing import Literal

import numpy as np
from gmmflow import Initializer, hookimpl
from gmmflow.e_steps.base import EStep, RowTerms
from gmmflow.stage import Field


@dataclass(frozen=True)
class Halves:
    column: int
    cut: float

    def __call__(self, block, out):
        out[0] = block.rows[:, self.column] < self.cut
        out[1] = 1.0 - out[0]


class Split(Initializer):
    \"\"\"Two halves, cut at the mean of a column.\"\"\"

    type: Literal["local.split"] = "local.split"
    column: int = Field(0, ge=0, description="Column to cut.")

    def start(self, n_components, distribution, context):
        return Halves(self.column, float(context.moments.mean[self.column]))


class Plain(EStep):
    \"\"\"The soft E-step, written out.\"\"\"

    type: Literal["local.plain"] = "local.plain"

    def rule(self, iteration, seed):
        return posterior


def posterior(log_joint, block):
    peak = log_joint.max(axis=0)
    log_likelihood = peak + np.log(np.exp(log_joint - peak).sum(axis=0))
    uncertainty = log_likelihood - peak
    np.exp(log_joint - log_likelihood, out=log_joint)
    return RowTerms(log_likelihood, log_likelihood, uncertainty)


@hookimpl
def gmmflow_initializers():
    return {"local.split": Split}


@hookimpl
def gmmflow_e_steps():
    return {"local.plain": Plain}
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Scheduler of two worker processes."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


def config(path, **run):
    return {
        "data": {"type": "builtin", "name": "old_faithful", "chunk_size": "1KiB"},
        "model": {"components": 2},
        "init": {"type": "local.split", "column": 1},
        "fit": {"e_step": "local.plain"},
        "run": run,
        "report": [],
        "output": str(path.parent / f"run-{run['type']}"),
        "plugins": {"paths": [str(path)]},
    }


def test_the_same_run_on_threads_and_on_processes(tmp_path, address):
    path = tmp_path / "split.py"
    path.write_text(PLUGIN)
    on_threads = gmmflow.run(config(path, type="threads", threads=1))
    on_processes = gmmflow.run(config(path, type="distributed", address=address))
    assert on_processes.log_likelihood == pytest.approx(-1130.26396, abs=1e-5)
    assert on_processes.log_likelihood == on_threads.log_likelihood
    np.testing.assert_array_equal(on_processes.means, on_threads.means)
