import subprocess
import sys

import pytest

CODE = """
import resource
import dask
import dask.array as da
import numpy as np
from gmmflow.executors.threads import Threads
from gmmflow.values.dataset import Dataset
from gmmflow.values.row_pass import RowPass

ROWS, D, CHUNKS = 1 << 16, 32, 120  # 16 MiB a chunk, 1.9 GiB in all
def made(index):
    return np.full((ROWS, D), float(index))
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
rows = da.concatenate(
    [da.from_delayed(dask.delayed(made)(i), (ROWS, D), float) for i in range(CHUNKS)]
)
def rows_of(n):
    return Dataset(rows[: n * ROWS], tuple(map(str, range(D))), (ROWS,) * n)
work = RowPass(lambda span: span.rows.sum(), lambda a, b: a + b)
with Threads(threads=N_THREADS).start() as engine:
    engine.reduce(rows_of(1), work)
    before = peak()
    assert engine.reduce(rows_of(CHUNKS), work) == ROWS * D * sum(range(CHUNKS))
    assert list(engine.each(rows_of(8), lambda chunk: chunk.index)) == list(range(8))
    print(peak() - before)
"""


@pytest.mark.parametrize("threads", [1, 2])
def test_a_lazy_array_larger_than_the_limit_is_never_held(threads):
    """Above one chunk already seen, there is room for a chunk a thread and little more."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CODE.replace("N_THREADS", str(threads))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert float(done.stdout) < 16 * threads + 24
