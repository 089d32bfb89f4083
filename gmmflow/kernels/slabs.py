"""The two matrix products of a sweep, cut to the sizes at which OpenBLAS is fastest.

OpenBLAS multiplies small matrices (m n k <= 10**6) without packing them first, 1.3 to 1.8 times
faster than larger ones of these thin shapes (measured: benchmarks/README.md). A block is cut into
slabs of that size, in one NumPy call, so that threads do not queue for the interpreter. The cut
depends on the shapes alone, and so do the bits.
"""

from __future__ import annotations

import numpy as np

from gmmflow.values.block import Workspace

#: Multiply-adds up to which OpenBLAS does not pack.
SMALL = 1_000_000
#: Slabs of fewer columns lose more than they gain; the second product also sums its slabs.
MIN_COLUMNS = 64
MIN_SUMMED_COLUMNS = 256


def slab_columns(p: int, k: int, columns: int) -> int:
    """Columns of a slab: a power of two that divides `columns`; all of them if it cannot be."""
    slab = 1 << max(SMALL // (p * k), 1).bit_length() - 1
    return slab if slab < columns and columns % slab == 0 else columns


def theta_times_features(theta: np.ndarray, features: np.ndarray, out: np.ndarray) -> None:
    """Fill out (k, B) with theta (k, p) @ features (p, B).

    A component of weight 0 has -inf for the feature that is 1, and so in its row of `out`.
    """
    (k, p), columns = theta.shape, features.shape[1]
    slab = slab_columns(p, k, columns)
    # Where BLAS fills its registers up with zeros, -inf makes NaN that nobody ever sees.
    with np.errstate(invalid="ignore"):
        if slab == columns or slab < MIN_COLUMNS:
            np.matmul(theta, features, out=out)
        else:
            np.matmul(theta, _cut(features, slab), out=_cut(out, slab))


def features_times_resp(features: np.ndarray, resp: np.ndarray, work: Workspace) -> np.ndarray:
    """Scratch array (p, k) holding features (p, B) @ resp (k, B).T."""
    (p, columns), k = features.shape, len(resp)
    # (p, B) @ (B, k) runs up to 1.4 times faster in OpenBLAS than its transpose.
    product = work.array("product", (p, k), features.dtype)
    slab = slab_columns(p, k, columns)
    if slab == columns or slab < MIN_SUMMED_COLUMNS:
        return np.matmul(features, resp.T, out=product)
    slabs = work.array("slabs", (columns // slab, p * k), features.dtype).reshape(-1, p, k)
    np.matmul(_cut(features, slab), _cut(resp, slab).transpose(0, 2, 1), out=slabs)
    return np.add.reduce(slabs, axis=0, out=product)


def _cut(a: np.ndarray, slab: int) -> np.ndarray:
    """View (B / slab, r, slab) of contiguous a (r, B)."""
    return a.reshape(len(a), -1, slab).transpose(1, 0, 2)
