from hypothesis import given
from hypothesis import strategies as st

from gmmflow.loaders.reading.chunking import chunk_rows, cut, group


def test_rows_of_a_chunk():
    assert chunk_rows(32 << 20, 16, "float64") == 262144
    assert chunk_rows(32 << 20, 16, "float32") == 524288
    assert chunk_rows(1, 16, "float64") == 1


def test_small_parts_join_and_large_ones_are_cut():
    assert group([3, 3, 3, 12, 2, 0, 9], 5) == [
        [(0, 0, 3)],
        [(1, 0, 3)],
        [(2, 0, 3)],
        [(3, 0, 5)],
        [(3, 5, 10)],
        [(3, 10, 12)],
        [(4, 0, 2)],
        [(6, 0, 5)],
        [(6, 5, 9)],
    ]
    assert group([2, 2, 2], 5) == [[(0, 0, 2), (1, 0, 2)], [(2, 0, 2)]]


@given(st.integers(0, 10_000), st.integers(1, 500))
def test_cut_keeps_every_row(n_rows, size):
    sizes = cut(n_rows, size)
    assert sum(sizes) == n_rows
    assert all(0 < s <= size for s in sizes)
    assert all(s == size for s in sizes[:-1])


@given(st.lists(st.integers(0, 60)), st.integers(1, 25))
def test_group_keeps_every_row_in_order(sizes, size):
    chunks = group(sizes, size)
    flat = [(part, row) for chunk in chunks for part, a, b in chunk for row in range(a, b)]
    assert flat == [(part, row) for part, n in enumerate(sizes) for row in range(n)]
    assert all(0 < sum(b - a for _, a, b in chunk) <= size for chunk in chunks)
