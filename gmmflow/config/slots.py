"""What the fields of a section or a stage hold: a stage, stages, a section, or plain values."""

from __future__ import annotations

from typing import get_origin

from pydantic.fields import FieldInfo

from gmmflow.stage import Options, Slot, Stage


def slot_of(field: FieldInfo) -> Slot | None:
    """The slot that a field is marked as."""
    return next((each for each in field.metadata if isinstance(each, Slot)), None)


def holds_many(field: FieldInfo) -> bool:
    """Whether a slot takes a list of stages."""
    return get_origin(field.annotation) is tuple


def section_of(field: FieldInfo) -> type[Options] | None:
    """The section that a field holds, such as `model`."""
    held = field.annotation
    if isinstance(held, type) and issubclass(held, Options) and not issubclass(held, Stage):
        return held
    return None
