"""Numbers and names as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite


def number(value: float, precision: int) -> str:
    """A parameter with so many significant digits: ``0.35590``, ``1.2000e-09``."""
    if value == 0.0:
        return "0"
    # The `#` keeps trailing zeros, so that the digits of a table line up.
    return f"{value:#.{precision}g}".rstrip(".") if isfinite(value) else str(value)


def magnitude(value: float) -> str:
    """A number of which the size matters: ``0.0647``, ``1.3e+04``, ``2.0e-08``."""
    if value == 0.0 or not isfinite(value):
        return f"{value:g}"
    return f"{value:.3g}" if 1e-3 <= abs(value) < 1e4 else f"{value:.1e}"


def total(value: float) -> str:
    """A log-likelihood or a criterion, where differences of 1e-5 can matter: ``-1130.26396``."""
    return f"{value:.5f}" if abs(value) < 1e12 else f"{value:.12g}"


def expected(value: float) -> str:
    """An expected number of rows: ``96.8``."""
    return f"{value:,.1f}"


def weight(value: float) -> str:
    """A sum of row weights, a number of rows where there are none: ``272``, ``96.8``."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def seconds(value: float) -> str:
    """A duration: ``0.052 s``, ``12.3 s``, ``3 min 20 s``, ``2 h 05 min``."""
    if value < 1:
        return f"{value:.3f} s"
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def count(n: int, noun: str) -> str:
    """``1 row``, ``2 rows``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def printable(name: str) -> str:
    """The name with control characters spelled out: a file may hold a terminal's commands."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in name)


def listing(names: Iterable[str], limit: int) -> str:
    """The first names, and how many more there are: ``a, b, c and 29 more``."""
    shown = [printable(name) for name in names]
    if len(shown) <= limit:
        return ", ".join(shown)
    return f"{', '.join(shown[:limit])} and {len(shown) - limit} more"
