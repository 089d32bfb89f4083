"""Text into HTML: the only place where tags are made, so that nothing gets in unescaped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from gmmflow.reporters.facts.text import printable

NONE: frozenset[str] = frozenset()


def plain(text: str) -> str:
    """Text as HTML: markup in it is shown, not obeyed."""
    return escape("\n".join(printable(line) for line in text.splitlines()))


def element(tag: str, content: str, **attributes: str) -> str:
    """An element around HTML; attribute values are escaped, `class_` is class."""
    pairs = "".join(f' {k.rstrip("_")}="{escape(v)}"' for k, v in attributes.items())
    return f"<{tag}{pairs}>{content}</{tag}>"


def paragraphs(texts: Iterable[str], **attributes: str) -> str:
    """One <p> a text."""
    return "".join(element("p", plain(text), **attributes) for text in texts)


def table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], words: frozenset[str] = NONE
) -> str:
    """A table that scrolls by itself where it is too wide.

    Parameters
    ----------
    caption : str
    head : sequence of str
        Names of the columns; the first holds the names of the rows.
    rows : iterable of sequence of str
    words : frozenset of str
        Columns that hold sentences rather than numbers.
    """
    kind = ["words" if name in words else "number" for name in head]
    top = "".join(
        element("th", plain(name), scope="col", class_=c)
        for name, c in zip(head, kind, strict=True)
    )
    body = "".join(
        element(
            "tr",
            element("th", plain(first), scope="row")
            + "".join(
                element("td", plain(cell), class_=c) for cell, c in zip(rest, kind[1:], strict=True)
            ),
        )
        for first, *rest in rows
    )
    inner = (
        element("caption", plain(caption))
        + element("thead", element("tr", top))
        + element("tbody", body)
    )
    return element("div", element("table", inner), class_="scroll", tabindex="0")


def data(value: Any) -> str:
    """JSON for a script element: no character of it can end the element or start a comment."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
