"""The stage that is checked, with the examples that its author gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from gmmflow.config.slots import holds_many, slot_of
from gmmflow.plugin.manager import Registry
from gmmflow.stage import Stage
from gmmflow.testing.defaults import example_options
from gmmflow.testing.law import Skip
from gmmflow.values.mixture import Parameters


@dataclass(frozen=True)
class Examples:
    """What the author of a stage can give, so that more can be checked. All of it is optional.

    Attributes
    ----------
    options : dict, or callable of Path
        Options that build the stage, where its defaults do not; or a function that writes what
        the stage needs (a file to read) into an empty folder and returns the options.
    rows : (n, d)
        Rows that the stage can work on; some hundred, of 2 columns or more. Without them
        distributions are shown rows of several kinds until they refuse none.
    parameters : dict of str to (k, ...)
        Of two or more components of a distribution in d columns.
    log_density : callable
        ``log_density(rows (n, d), parameters)`` -> (k, n): natural log of the density of every
        row under every component, from an independent source such as `scipy.stats`.
    """

    options: Mapping[str, Any] | Callable[[Path], Mapping[str, Any]] | None = None
    rows: np.ndarray | None = None
    parameters: Parameters | None = None
    log_density: Callable[[np.ndarray, Parameters], np.ndarray] | None = None


@dataclass(frozen=True)
class Subject:
    """A stage class under check.

    Attributes
    ----------
    cls : type of Stage
    folder : Path
        An empty folder that goes away with the check.
    examples : Examples
    given : Stage or None
        An instance, where the author handed one over.
    """

    cls: type[Stage]
    folder: Path
    examples: Examples = field(default_factory=Examples)
    given: Stage | None = None

    @cached_property
    def options(self) -> dict[str, Any]:
        """Options that build the stage, where examples say so; slots filled as a config does."""
        options = self.examples.options or example_options(self.cls)
        if callable(options):
            options = options(self.folder)
        return fill_slots(self.cls, dict(options))

    @cached_property
    def stage(self) -> Any:
        """The stage, built.

        Raises
        ------
        Skip
            It has options without a default, and there are no examples of them.
        """
        if self.given is not None:
            return self.given
        try:
            return self.cls.model_validate(self.options)
        except ValidationError as error:
            if self.examples.options is not None:
                raise
            needed = ", ".join(
                ".".join(map(str, each["loc"])) or each["msg"] for each in error.errors()
            )
            raise Skip(
                f"it cannot be built without options ({needed}): give options={{...}}"
            ) from None


def fill_slots(cls: type[Stage], options: dict[str, Any]) -> dict[str, Any]:
    """Options with the default stages of the slots that they leave out."""
    for name, info in cls.model_fields.items():
        slot = slot_of(info)
        if slot is None or slot.default is None or name in options:
            continue
        find = Registry().find
        if holds_many(info):
            options[name] = tuple(find(slot.kind, each).model_validate({}) for each in slot.default)
        else:
            assert isinstance(slot.default, str), "a slot for one stage has one default"
            options[name] = find(slot.kind, slot.default).model_validate({})
    return options


def rebuilt(stage: Stage) -> Stage:
    """The stage made again from plain values, as a run folder's config would make it."""
    values = stage.model_dump(mode="json")
    for name, info in type(stage).model_fields.items():
        if slot_of(info) is None:
            continue
        held = getattr(stage, name)
        if holds_many(info):
            values[name] = tuple(rebuilt(each) for each in held)
        elif held is not None:
            values[name] = rebuilt(held)
    return type(stage).model_validate(values)
