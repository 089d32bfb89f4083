"""What a check of the kit found, and the lines that a person reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class CheckResult:
    """What one check found.

    Attributes
    ----------
    name : str
        The law, in a few words.
    status : "passed", "failed" or "skipped"
    message : str
        What was wrong, or why it was skipped.
    """

    name: str
    status: Literal["passed", "failed", "skipped"]
    message: str = ""


def summary(results: Iterable[CheckResult]) -> str:
    """Counts on one line: ``23 checks: 21 passed, 2 skipped``; never just "ok"."""
    found = [result.status for result in results]
    counts = [(found.count(status), status) for status in ("passed", "skipped", "failed")]
    parts = ", ".join(f"{count} {status}" for count, status in counts if count)
    return f"{len(found)} check{'' if len(found) == 1 else 's'}: {parts or 'none ran'}"


def render(results: Iterable[CheckResult]) -> str:
    """A line for each check, its message below it, and the counts."""
    results = list(results)
    lines = []
    for result in results:
        lines.append(f"  {result.status:<7}  {result.name}")
        lines += [f"           {line}" for line in result.message.splitlines()]
    return "\n".join([*lines, summary(results)])
