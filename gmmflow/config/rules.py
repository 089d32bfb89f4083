"""Rules between sections: what each allows, and both together do not."""

from __future__ import annotations

from collections.abc import Iterator

from gmmflow.config.model import RunConfig
from gmmflow.loaders.base import TableLoader

Broken = tuple[tuple[str, ...], str, str]


def broken_rules(config: RunConfig) -> Iterator[Broken]:
    """Yield of each broken rule the path to correct it at, what is wrong, and a hint."""
    for distribution in config.model.distribution:
        if reason := config.fit.m_step.refuse(distribution):
            yield ("fit", "m_step"), f"does not fit model.distribution: {reason}", ""
    # Other loaders than those of tables may have labels without an option that says so.
    if config.init.needs_labels and isinstance(config.data, TableLoader) and not config.data.labels:
        needs = f"{config.init.type} needs known classes, and data.labels names no column"
        yield ("init",), needs, "add labels: COLUMN to data, or name another init"
