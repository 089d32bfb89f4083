"""Colours and symbols of components."""

from __future__ import annotations

import numpy as np

#: Colours that people with any kind of colour vision can tell apart, on white and on near-black:
#: Okabe and Ito 2008 (Color Universal Design) without their yellow and black.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
#: The second difference between components, for prints without colour.
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "x")


def colours(k: int) -> list[str]:
    """Colour of each of k components; they repeat after six, with other symbols."""
    return [COLOURS[i % len(COLOURS)] for i in range(k)]


def symbols(k: int) -> list[str]:
    """Plotly's name for the marker of each of k components."""
    return [SYMBOLS[i % len(SYMBOLS)] for i in range(k)]


def blend(resp: np.ndarray) -> str:
    """Colours of rows mixed by responsibilities (k, m), six hexadecimal digits a row."""
    table = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours(len(resp))]
    mixed = resp.T @ np.array(table, dtype=np.float64)
    return mixed.round().astype(np.uint8).tobytes().hex()
