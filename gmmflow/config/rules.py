"""Rules between sections: what each allows, and both together do not."""

from __future__ import annotations

from collections.abc import Iterator

from gmmflow.config.model import RunConfig

Broken = tuple[tuple[str, ...], str]


def broken_rules(config: RunConfig) -> Iterator[Broken]:
    """Yield the path that each broken rule is best corrected at, and what is wrong."""
    distribution = config.model.distribution
    if reason := config.fit.m_step.refuse(distribution):
        yield ("fit", "m_step"), f"does not fit model.distribution: {reason}"
