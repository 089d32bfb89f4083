"""Sums in a fixed order: a binary tree over the index, odd tails pass up.

The order of additions shapes the bits, so it belongs to the data and never to who adds.
An aligned group of ``2**g`` items is a subtree: groups of any such size give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def tree_reduce(values: Iterable[T], add: Callable[[T, T], T]) -> T | None:
    """Sum of values in tree order, None of none; holds O(log n) partial sums.

    >>> tree_reduce("abcdefg", lambda a, b: f"({a}{b})")
    '(((ab)(cd))((ef)g))'
    """
    levels: list[tuple[int, T]] = []
    for value in values:
        size = 1
        while levels and levels[-1][0] == size:
            value = add(levels.pop()[1], value)
            size *= 2
        levels.append((size, value))
    if not levels:
        return None
    total = levels.pop()[1]
    while levels:
        total = add(levels.pop()[1], total)
    return total
