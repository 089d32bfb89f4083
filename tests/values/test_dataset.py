import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.values.dataset import Dataset


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.booleans())
def test_pieces_are_views_that_cover_the_rows_in_order(sizes, more):
    n = sum(sizes)
    rows = np.arange(2.0 * n).reshape(n, 2)
    weight, labels = (np.arange(n) / 2, np.arange(n, dtype=np.int32)) if more else (None, None)
    data = Dataset(rows, ("a", "b"), tuple(sizes), weight, labels)
    pieces = list(data.pieces())
    assert (data.n_rows, data.n_features, data.in_memory) == (n, 2, True)
    assert [p.index for p in pieces] == list(range(len(sizes)))
    assert tuple(p.first_row for p in pieces) == data.first_rows
    for piece, size in zip(pieces, sizes, strict=True):
        assert piece.rows.shape == (size, 2)
        assert not size or np.shares_memory(piece.rows, rows)
    np.testing.assert_array_equal(np.concatenate([p.rows for p in pieces]), rows)
    if more:
        np.testing.assert_array_equal(np.concatenate([p.sample_weight for p in pieces]), weight)
        np.testing.assert_array_equal(np.concatenate([p.labels for p in pieces]), labels)


def test_part_of_a_chunk_knows_where_it_is():
    weight = np.arange(10.0)
    data = Dataset(np.arange(10.0)[:, None], ("a",), (4, 6), weight, weight.astype(np.int32))
    part = list(data.pieces())[1].part(2, 5)
    assert (part.index, part.first_row) == (1, 6)
    for values in (part.rows[:, 0], part.sample_weight, part.labels):
        np.testing.assert_array_equal(values, [6, 7, 8])


def test_rows_elsewhere_are_not_in_memory():
    assert not Dataset(object(), ("a",), (3,)).in_memory
