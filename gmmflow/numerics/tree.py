"""Sums in a fixed order: a binary tree over the index, odd tails pass up.

The order of additions shapes the bits, so it belongs to the data and never to who adds.
An aligned group of ``2**g`` items is a subtree: groups of any such size give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Generic, TypeVar, cast

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


class TreeSum(Generic[T]):
    """The same sum, fed in any order and from any thread.

    It holds the roots of the complete subtrees: O(log n) for every value still missing among
    those that came, so feed it nearly in order.

    Parameters
    ----------
    n : int
        How many values there will be.
    add : callable
        Called outside any lock, with the left value first.

    Examples
    --------
    >>> total = TreeSum(3, lambda a, b: f"({a}{b})")
    >>> [total.put(2, "c"), total.put(0, "a"), total.put(1, "b")]
    [False, False, True]
    >>> total.total
    '((ab)c)'
    """

    def __init__(self, n: int, add: Callable[[T, T], T]) -> None:
        self.total: T | None = None
        self._n = n
        self._add = add
        self._lock = Lock()
        self._waiting: dict[tuple[int, int], T] = {}

    def put(self, index: int, value: T) -> bool:
        """Give value `index`; whether it was the last one, so that `total` is there."""
        level, n = 0, self._n
        while n > 1:
            sibling = index ^ 1
            if sibling < n:
                with self._lock:
                    if (level, sibling) not in self._waiting:
                        self._waiting[level, index] = value
                        return False
                    other = self._waiting.pop((level, sibling))
                left, right = (other, value) if index & 1 else (value, other)
                value = self._add(left, right)
                # What was added must not be kept alive by this frame: values can be large.
                other = left = right = cast(T, None)
            level, index, n = level + 1, index >> 1, (n + 1) >> 1
        self.total = value
        return True
