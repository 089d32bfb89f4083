"""A block to give to E-steps."""

import numpy as np
import pytest

from gmmflow.values.block import Workspace, blocks
from gmmflow.values.dataset import Chunk


@pytest.fixture
def block_of():
    """A block of m rows; E-steps look at their number only."""

    def make(m, dtype=np.float64):
        rows = np.zeros((m, 1), dtype)
        return next(blocks(rows, Chunk(0, 0, rows), np.zeros(1), Workspace()))

    return make
