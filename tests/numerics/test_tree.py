from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.numerics.tree import TreeSum, tree_reduce


def bracket(a: str, b: str) -> str:
    return f"({a}{b})"


def names(n: int) -> list[str]:
    return [f"<{i}>" for i in range(n)]


def test_of_nothing_is_none():
    assert tree_reduce([], bracket) is None


@pytest.mark.parametrize(
    ("n", "tree"),
    [(1, "<0>"), (2, "(<0><1>)"), (3, "((<0><1>)<2>)"), (5, "(((<0><1>)(<2><3>))<4>)")],
)
def test_odd_tails_pass_up(n, tree):
    assert tree_reduce(names(n), bracket) == tree


@given(st.integers(1, 70), st.integers(0, 6))
def test_aligned_groups_of_a_power_of_two_are_subtrees(n, g):
    values, size = names(n), 2**g
    groups = [tree_reduce(values[i : i + size], bracket) for i in range(0, n, size)]
    assert tree_reduce(groups, bracket) == tree_reduce(values, bracket)


@given(st.data())
def test_values_in_any_order_give_the_same_tree(data):
    values = names(data.draw(st.integers(1, 40)))
    order = data.draw(st.permutations(range(len(values))))
    total = TreeSum(len(values), bracket)
    done = [total.put(index, values[index]) for index in order]
    assert done == [False] * (len(values) - 1) + [True]
    assert total.total == tree_reduce(values, bracket)


def test_values_from_many_threads_give_the_same_tree():
    values = names(3000)
    total = TreeSum(len(values), bracket)
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(total.put, range(len(values)), values))
    assert sum(done) == 1
    assert total.total == tree_reduce(values, bracket)


class Counted:
    """A value that knows how many of its kind are alive."""

    alive = 0
    most = 0

    def __init__(self) -> None:
        Counted.alive += 1
        Counted.most = max(Counted.most, Counted.alive)

    def __del__(self) -> None:
        Counted.alive -= 1


def join(a: Counted, b: Counted) -> Counted:
    return Counted()


@pytest.mark.parametrize("feed", ["reduce", "put"])
def test_few_values_are_alive(feed):
    Counted.most = 0
    n = 1000
    if feed == "reduce":
        tree_reduce((Counted() for _ in range(n)), join)
    else:
        total = TreeSum(n, join)
        for index in range(n):
            total.put(index, Counted())
        del total
    assert Counted.most <= 10 + 3  # log2(1000), and those being added
    assert Counted.alive == 0
