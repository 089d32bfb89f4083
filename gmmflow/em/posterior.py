"""What a fitted mixture says of rows: responsibilities and densities, block by block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.distributions.base import Kernel
from gmmflow.em.frame import Frame
from gmmflow.kernels.log_sum_exp import log_sum_exp
from gmmflow.values.dataset import Chunk
from gmmflow.values.mixture import Mixture


@dataclass(frozen=True)
class Posterior:
    """Posterior probabilities under one mixture: a picklable function of raw rows."""

    kernel: Kernel
    frame: Frame
    k: int

    @classmethod
    def of(cls, mixture: Mixture, frame: Frame) -> Posterior:
        """The posterior of a mixture in the units of the frame."""
        return cls(mixture.kernel(frame.centre), frame.for_any_rows(), mixture.n_components)

    def __call__(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Posterior probabilities (m, k) and log density (m,) of raw rows (m, d).

        The log density is in data units wherever the transforms have a Jacobian.
        """
        resp = np.empty((len(rows), self.k), rows.dtype)
        log_density = np.empty(len(rows))
        start = 0
        span = Chunk(0, 0, rows)
        for block in self.frame.blocks(self.frame.apply(rows), span, [self.kernel.shape]):
            out = block.work.array("resp", (self.k, len(block)), block.dtype)
            self.kernel.log_joint(block, out)
            stop = start + len(block)
            log_density[start:stop] = log_sum_exp(out, block.work)[0]
            resp[start:stop] = out.T
            start = stop
        return resp, log_density + (self.frame.log_abs_det or 0.0)
