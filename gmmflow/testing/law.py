"""What a law is: a function of the subject that raises where the subject breaks it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gmmflow.testing.subject import Subject


class Broken(Exception):
    """The subject breaks the law; the text says how."""


class Skip(Exception):
    """The law cannot be checked here; the text says why."""


@dataclass(frozen=True)
class Law:
    """A law, and the function that checks it.

    Attributes
    ----------
    name : str
        The law in a few words, as the report shows it.
    check : callable of Subject
        Raises `Broken` or `Skip`; anything else it raises breaks the law too.
    """

    name: str
    check: Callable[[Subject], None]


def law(name: str) -> Callable[[Callable[[Subject], None]], Law]:
    """Make a function the check of a law.

    >>> @law("every option has a description")
    ... def described(subject): ...
    """
    return lambda check: Law(name, check)


def laws_in(*modules: ModuleType) -> list[Law]:
    """Laws of modules, in the order in which they are written there."""
    return [each for module in modules for each in vars(module).values() if isinstance(each, Law)]


def require(condition: object, message: str) -> None:
    """Raise `Broken` unless a condition holds."""
    if not condition:
        raise Broken(message)


@contextmanager
def no_global_random() -> Iterator[None]:
    """Raise `Broken` where a global random generator is used inside."""
    numpy_before, python_before = np.random.get_state(legacy=False), random.getstate()
    yield
    now = np.random.get_state(legacy=False)
    same = repr(now) == repr(numpy_before)
    require(same, "numpy's global generator was used")
    require(random.getstate() == python_before, "the generator of `random` was used")


def agree(
    found: np.ndarray, expected: np.ndarray, tolerance: float, what: str, scale: float | None = None
) -> None:
    """Raise `Broken` where two arrays differ by more than `tolerance` times their largest entry.

    Parameters
    ----------
    found, expected : ndarray
    tolerance : float
        Relative to `scale`; 0 asks for the same bits.
    what : str
        What is compared, for the message.
    scale : float, optional
        By default the largest finite absolute value in `expected`.
    """
    found, expected = np.asarray(found), np.asarray(expected)
    require(
        found.shape == expected.shape,
        f"{what}: shape {found.shape}, where {expected.shape} is expected",
    )
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    if same.all():
        return
    if scale is None:
        finite = np.abs(expected[np.isfinite(expected)])
        scale = float(finite.max()) if finite.size else 0.0
    with np.errstate(invalid="ignore"):
        error = np.where(same, 0.0, np.abs(found.astype(float) - expected))
    worst = np.unravel_index(int(np.argmax(np.where(np.isnan(error), np.inf, error))), error.shape)
    require(
        error[worst] <= tolerance * scale,
        f"{what}: {found[worst]!r} where {expected[worst]!r} is expected "
        f"(at {list(map(int, worst))}; allowed is {tolerance:g} of {scale:g})",
    )
