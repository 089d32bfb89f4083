"""Unquoted scalars of YAML 1.2: ``1e-6`` is a number, ``no`` is text, ``012`` is neither.

Source: YAML 1.2.2, section 10.3.2 (core schema); a leading zero, an octal number in YAML 1.1, is
refused here so that nobody has to guess.
"""

from __future__ import annotations

import re

_NULL = re.compile(r"(?:~|null|Null|NULL)?")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"[-+]?\.(?:inf|Inf|INF)")
_NAN = re.compile(r"\.(?:nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")

#: Longest number that is read; longer ones are a mistake (a 64-bit integer has 19 digits).
_MAX_DIGITS = 400

Scalar = str | int | float | bool | None


def scalar(text: str) -> Scalar:
    """The value of an unquoted scalar.

    Raises
    ------
    ValueError
        It looks like a number but is none that can be read; the message says why.
    """
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    number = _number(text)
    return text if number is None else number


def _number(text: str) -> int | float | None:
    if _NAN.fullmatch(text):
        return float("nan")
    if _INFINITY.fullmatch(text):
        return float(text.replace(".", "", 1))
    if not any(pattern.fullmatch(text) for pattern in (_INT, _OCTAL, _HEX, _FLOAT)):
        return None
    if len(text) > _MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} digits is too long; put quotes round text")
    if _LEADING_ZERO.fullmatch(text):
        decimal = text.lstrip("+-0") or "0"
        raise ValueError(
            f"{text} starts with a zero: write {decimal} for the number, '{text}' for the text"
        )
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text) or _HEX.fullmatch(text):
        return int(text, 0)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(
            f"{text} is larger than any float64: write .inf for infinity, '{text}' for the text"
        )
    return value
