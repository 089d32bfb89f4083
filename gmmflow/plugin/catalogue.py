"""Everything that is registered, as the listing verbs and the schema show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gmmflow.plugin.provider import Provider
from gmmflow.stage import Stage


@dataclass(frozen=True)
class Entry:
    """A stage, or a plugin that cannot be loaded.

    Attributes
    ----------
    kind, name : str
        Kind is empty for a plugin that cannot be loaded; the name is then its entry point.
    provider : Provider
    stage : type of Stage or None
        The class; None where it is broken.
    reason : str
        Why it is broken; empty where it is not.
    """

    kind: str
    name: str
    provider: Provider
    stage: type[Stage] | None = None
    reason: str = ""

    @property
    def state(self) -> Literal["loaded", "broken"]:
        """Whether the stage can be used."""
        return "broken" if self.stage is None else "loaded"

    @property
    def summary(self) -> str:
        """First line of the stage's docstring."""
        lines = (self.stage.__doc__ or "").strip().splitlines() if self.stage else []
        return lines[0] if lines else ""
