"""Spans, blocks and scratch memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from gmmflow.values.block import Workspace, block_rows, blocks, cut, span_rows, spans
from gmmflow.values.dataset import Chunk


@given(st.integers(1, 2000), st.integers(2, 10**6), st.integers(1, 1000))
def test_sizes_are_powers_of_two_and_spans_whole_blocks(d, p, k):
    """Of a kernel of any shape."""
    rows, room = cut((k, p), d)
    assert rows & (rows - 1) == 0
    assert 1 << 10 <= rows <= 1 << 15
    assert span_rows(d) % rows == 0
    # Features and densities stay in cache, unless the smallest block of them is more.
    assert rows == 1 << 10 or rows * max(p, k) * 8 <= 5 << 19
    # What stands beside x, and nothing where the features do not hold x.
    assert room == max(p - d, 0)
    # A span is cache-friendly work of about 2 MB, unless the largest block is more.
    assert span_rows(d) == block_rows(d + 1) or span_rows(d) * d * 8 <= 2 << 20


def test_sizes_are_part_of_the_contract_of_equal_bits():
    """Changing these changes the last bits of every result: do it knowingly."""
    assert [block_rows(p) for p in (2, 6, 10, 33, 153, 561)] == [
        32768, 32768, 32768, 8192, 2048, 1024,
    ]  # fmt: skip
    assert [block_rows(6, k) for k in (9, 32, 200)] == [32768, 8192, 1024]
    assert [span_rows(d) for d in (1, 2, 16, 100)] == [262144, 131072, 16384, 2048]


@pytest.mark.parametrize("n", [0, 1, 1023, 1024, 5000])
def test_spans_and_blocks_cut_without_loss(n):
    d = 100
    rows = np.arange(n * d, dtype=float).reshape(n, d)
    chunk = Chunk(3, 70, rows, np.arange(n) * 1.0, np.arange(n, dtype=np.int32))
    pieces = [
        block
        for span in spans(chunk, d)
        for block in blocks(span.rows, span, np.zeros(d), Workspace())
    ]
    assert sum(len(block) for block in pieces) == n
    if n:
        assert_array_equal(np.concatenate([block.rows for block in pieces]), rows)
        assert_array_equal(np.concatenate([b.sample_weight for b in pieces]), chunk.sample_weight)
        assert_array_equal(np.concatenate([b.labels for b in pieces]), chunk.labels)
        firsts = np.cumsum([0, *(len(block) for block in pieces[:-1])]) + 70
        assert [block.first_row for block in pieces] == firsts.tolist()


def one_block(rows, centre):
    return next(blocks(rows, Chunk(0, 0, rows), centre, Workspace()))


def test_x_is_shifted_and_raw_is_not():
    rows = np.random.default_rng(0).normal(size=(20, 3)) + 7.0
    block = one_block(rows, np.full(3, 7.0))
    assert_array_equal(block.x, (rows - 7.0).T)
    assert_array_equal(block.raw, rows.T)
    assert block.x.flags.c_contiguous
    assert block.raw.flags.c_contiguous


def test_single_precision_rows_are_shifted_in_double():
    """1e6 + 0.0625 is a float32; the mean 1e6 + 0.03 is not, and must not be rounded first."""
    rows = np.full((5, 1), 1e6 + 0.0625, np.float32)
    block = one_block(rows, np.array([1e6 + 0.03]))
    assert block.x.dtype == np.float32
    assert block.x[0, 0] == pytest.approx(0.0325, rel=1e-6)


def test_reach_and_radius_bound_the_rows():
    rows = np.random.default_rng(0).normal(size=(200, 4)) * [1.0, 10.0, 0.1, 1e6] - 5.0
    centre = np.array([1.0, 2.0, 3.0, 4.0])
    block = one_block(rows, centre)
    assert_array_equal(block.reach, np.abs(rows - centre).max(axis=0))
    assert block.radius >= np.linalg.norm(rows - centre, axis=1).max()
    assert block.radius == pytest.approx(np.linalg.norm(block.reach))


def test_features_are_made_once_for_equal_makers():
    made = []

    def make(block, out):
        made.append(1)
        out[:] = block.x

    def other(block, out):
        out[:] = 2.0 * block.x

    block = one_block(np.ones((4, 2)), np.zeros(2))
    first = block.features(make, 2).copy()
    assert_array_equal(block.features(make, 2), first)
    assert len(made) == 1
    assert_array_equal(block.features(other, 2), 2.0 * first)
    assert_array_equal(block.features(make, 2), first)
    assert len(made) == 2


def test_features_stand_beside_x():
    """[1, squares, x] in one piece of memory, and x stays where it is for other features."""

    def squares(block, out):
        out[:] = block.x**2

    def length(block, out):
        out[0] = (block.x**2).sum(axis=0)

    rows = np.random.default_rng(0).normal(size=(20, 3))
    centre = np.array([1.0, 2.0, 3.0])
    block = next(blocks(rows, Chunk(0, 0, rows), centre, Workspace(), room=4))
    x = (rows - centre).T
    for make, m, middle in ((squares, 3, x**2), (length, 1, (x**2).sum(axis=0)[None])):
        found = block.features_beside_x(make, make, m)
        assert_array_equal(found, np.concatenate([np.ones((1, 20)), middle, x]))
        assert found.flags.c_contiguous
        assert np.shares_memory(found, block.x)
    assert_array_equal(block.x_wrapped, np.concatenate([x, x[:1]]))


def test_scratch_memory_is_reused_and_never_shared_between_names():
    work = Workspace()
    a = work.array("a", (2, 8), np.float64)
    b = work.array("b", (2, 8), np.float64)
    assert not np.shares_memory(a, b)
    assert np.shares_memory(a, work.array("a", (3, 4), np.float64))
    assert work.array("a", (3, 4), np.float32).dtype == np.float32
    assert work.array("a", (30, 4), np.float64).shape == (30, 4)
    assert work.array("a", (3, 4), np.float64).flags.c_contiguous
