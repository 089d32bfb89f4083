"""One pass over the rows for all candidates: what travels to a worker, and what comes back.

Row weights and labels are lines of this file; no kernel knows them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gmmflow.distributions.base import Kernel
from gmmflow.e_steps.base import Responsibilities
from gmmflow.em.frame import Frame
from gmmflow.initializers.base import RowRule
from gmmflow.values.block import Block, cut
from gmmflow.values.dataset import Chunk
from gmmflow.values.mixture import Statistics, accumulate, add_statistics
from gmmflow.values.row_pass import RowPass


@dataclass(frozen=True)
class Expectation:
    """E-step of one candidate: responsibilities from its densities."""

    kernel: Kernel
    rule: Responsibilities
    k: int

    def add(self, block: Block, into: Statistics) -> None:
        """Add the block's statistics and log-likelihoods."""
        resp = block.work.array("resp", (self.k, len(block)), block.dtype)
        self.kernel.log_joint(block, resp)
        terms = self.rule(resp, block)
        weight = block.sample_weight
        likelihood = _sum(terms.log_likelihood, weight)
        same = terms.objective is terms.log_likelihood
        sums = {
            "log_likelihood": likelihood,
            "objective": likelihood if same else _sum(terms.objective, weight),
            "uncertainty": _sum(terms.uncertainty, weight),
        }
        if block.held_out is not None:
            total = _sum(terms.log_likelihood, block.held_out)
            sums["held_out"] = np.stack([total, block.held_out.sum()])
        for name, value in sums.items():
            accumulate(into, name, value)
        if weight is not None:
            np.multiply(resp, weight, out=resp, casting="same_kind")
        block.mass = weight
        self.kernel.accumulate(block, resp, into)


@dataclass(frozen=True)
class Start:
    """First statistics of one candidate: responsibilities from an initializer's rule."""

    kernel: Kernel
    rule: RowRule
    k: int

    def add(self, block: Block, into: Statistics) -> None:
        """Add the block's statistics."""
        resp = block.work.array("resp", (self.k, len(block)), block.dtype)
        self.rule(block, resp)
        if block.sample_weight is not None:
            np.multiply(resp, block.sample_weight, out=resp, casting="same_kind")
        block.mass = np.add.reduce(resp, axis=0)
        self.kernel.accumulate(block, resp, into)


@dataclass(frozen=True)
class Sweep:
    """Leaf of a pass: statistics of every job on one span."""

    frame: Frame
    jobs: tuple[Expectation | Start, ...]

    def __call__(self, span: Chunk) -> tuple[Statistics, ...]:
        """Candidates whose blocks are alike take turns on each block while it is in cache."""
        into: tuple[Statistics, ...] = tuple({} for _ in self.jobs)
        rows = self.frame.apply(span.rows)
        for group in self.groups(rows.shape[1]):
            shapes = [self.jobs[i].kernel.shape for i in group]
            for block in self.frame.blocks(rows, span, shapes):
                for i in group:
                    self.jobs[i].add(block, into[i])
        return into

    def groups(self, d: int) -> Iterable[list[int]]:
        """Jobs by the rows of their blocks: a candidate's cut does not depend on the others."""
        found: dict[int, list[int]] = {}
        for i, job in enumerate(self.jobs):
            found.setdefault(cut(job.kernel.shape, d)[0], []).append(i)
        return found.values()


def add_all(a: tuple[Statistics, ...], b: tuple[Statistics, ...]) -> tuple[Statistics, ...]:
    """Sum of two leaves, candidate by candidate."""
    return tuple(add_statistics(x, y) for x, y in zip(a, b, strict=True))


def sweep_pass(frame: Frame, jobs: tuple[Expectation | Start, ...]) -> RowPass:
    """The pass that gives the statistics of these jobs, as a tuple."""
    return RowPass(Sweep(frame, jobs), add_all)


def _sum(row: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    """Weighted sum in float64; rows of zero weight count nothing, not even infinity."""
    if weight is None:
        return np.asarray(row.sum(dtype=np.float64))
    return np.asarray(np.multiply(row, weight, where=weight > 0, out=np.zeros(len(row))).sum())
