from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmmflow.values.moments import measure, merge


def exact(x, weight):
    """Mean and scatter of one column in rational numbers."""
    values = [Fraction(float(v)) for v in x]
    weights = [Fraction(float(w)) for w in weight]
    mean = sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)
    scatter = sum(w * (v - mean) ** 2 for w, v in zip(weights, values, strict=True))
    return float(mean), float(scatter)


@pytest.mark.parametrize("offset", [0, 1e8, -1e12])
@pytest.mark.parametrize("outlier", [0, 1e6])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_exact_to_rounding(offset, outlier, weighted, dtype):
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(3000, 2)) + offset).astype(dtype)
    x[0] += outlier
    weight = rng.random(3000) if weighted else None
    got = measure(x, weight)
    assert got.n_rows == 3000
    for j in range(2):
        mean, scatter = exact(x[:, j], np.ones(3000) if weight is None else weight)
        assert got.mean[j] == pytest.approx(mean, rel=4e-15)
        assert got.scatter[j] == pytest.approx(scatter, rel=1e-13)
    np.testing.assert_array_equal(got.low, x.min(axis=0))
    np.testing.assert_array_equal(got.high, x.max(axis=0))


@settings(deadline=None)
@given(
    cuts=st.lists(st.integers(0, 200), min_size=2, max_size=2).map(sorted),
    offset=st.sampled_from([0, 1e8, -1e12]),
    seed=st.integers(0, 100),
)
def test_merging_is_associative_and_equals_the_whole(cuts, offset, seed):
    rng = np.random.default_rng(seed)
    x, weight = rng.normal(size=(200, 3)) + offset, rng.integers(0, 3, 200) / 2
    a, b, c = (measure(x[i:j], weight[i:j]) for i, j in ((0, cuts[0]), tuple(cuts), (cuts[1], 200)))
    left, right, whole = merge(merge(a, b), c), merge(a, merge(b, c)), measure(x, weight)
    for other in (right, whole):
        assert left.n_rows == other.n_rows
        assert left.weight == pytest.approx(other.weight, rel=1e-12)
        np.testing.assert_allclose(left.mean, other.mean, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(left.scatter, other.scatter, rtol=1e-12)
        np.testing.assert_array_equal(left.low, other.low)
        np.testing.assert_array_equal(left.high, other.high)


def test_weights_count_rows():
    x = np.random.default_rng(0).normal(size=(30, 2))
    weight = np.arange(30) % 3
    some, repeated = measure(x, weight.astype(float)), measure(np.repeat(x, weight, axis=0))
    np.testing.assert_allclose(some.mean, repeated.mean, atol=1e-15)
    np.testing.assert_allclose(some.variance, repeated.variance)


def test_rows_of_zero_weight_do_not_count():
    x = np.array([[1.0], [1e300], [3.0]])
    got = measure(x, np.array([1.0, 0.0, 1.0]))
    assert (got.n_rows, got.weight) == (2, 2.0)
    assert (got.mean[0], got.scatter[0], got.low[0], got.high[0]) == (2, 2, 1, 3)


def test_no_rows_change_nothing():
    some, none = measure(np.eye(3)), measure(np.empty((0, 3)))
    assert merge(some, none) is some
    assert merge(none, some) is some
    assert merge(none, none).n_rows == 0


def test_constant_columns_have_no_scatter():
    got = measure(np.full((1000, 1), 0.1))
    assert got.mean[0] == 0.1
    assert got.scatter[0] == 0


def test_one_copy_of_the_rows_is_made():
    import tracemalloc

    x = np.ones((100_000, 8))
    tracemalloc.start()
    measure(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.1 * x.nbytes


def test_input_is_not_changed():
    x = np.asfortranarray(np.arange(6.0).reshape(3, 2))
    measure(x)
    np.testing.assert_array_equal(x, np.arange(6.0).reshape(3, 2))
