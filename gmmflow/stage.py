"""What every pluggable stage is: a frozen pydantic model whose fields are its options.

A stage holds options only. What it learns from data is a plain value that it returns; scratch
memory is an argument. The class is its own schema, so a config is checked without running it.

>>> from typing import ClassVar, Literal
>>> class Halve(Stage):
...     kind: ClassVar[str] = "transforms"
...     type: Literal["halve"] = "halve"
...     times: int = Field(1, ge=1, description="How often to halve.")
>>> Halve(times=2).model_dump()
{'type': 'halve', 'times': 2}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.fields import FieldInfo

__all__ = ["KINDS", "Field", "Options", "Slot", "Stage"]

#: The kinds of stage, each a folder of the package, and the YAML slot that selects one.
KINDS: dict[str, str] = {
    "loaders": "data",
    "transforms": "transform",
    "initializers": "init",
    "distributions": "model.distribution",
    "covariances": "model.distribution.covariance",
    "e_steps": "fit.e_step",
    "m_steps": "fit.m_step",
    "convergence": "fit.convergence",
    "executors": "run",
    "reporters": "report",
}


@dataclass(frozen=True)
class Slot:
    """Marks a field that holds a stage, or a tuple of stages, of some kind.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    default : str or tuple of str, optional
        Name of the stage, or names of the stages, of a config that leaves the slot out; None
        where it must be filled.
    choice : bool
        Whether the slot holds what is to be compared: a stage or a list of them, and in each
        stage's own slots again one, or a list, or ``all``.

    Examples
    --------
    ``covariance: Annotated[SerializeAsAny[Covariance], Slot("covariances", "VVV")]``
    """

    kind: str
    default: str | tuple[str, ...] | None = None
    choice: bool = False


class Options(BaseModel):
    """Options of a stage or of a section of the config: frozen, and unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_bool_for_number(cls, value: Any, info: Any) -> Any:
        # pydantic's lax mode reads `true` as 1; a person who wrote it meant something else.
        if isinstance(value, bool):
            annotation = cls.model_fields[info.field_name].annotation
            if annotation in (int, float):
                raise ValueError("a number is needed here, not true or false")
        return value


class Stage(Options):
    """A pluggable part of the pipeline, chosen in YAML by its ``type``.

    Subclasses are one of the kinds (see ``base.py`` in each kind's folder) and then final:
    a concrete stage declares ``type: Literal["name"] = "name"`` and its options as described
    fields, and implements the kind's methods.
    """

    kind: ClassVar[str] = ""
    type: str

    @classmethod
    def options(cls) -> dict[str, FieldInfo]:
        """Fields of the stage except ``type``, in the order in which they were declared."""
        return {name: field for name, field in cls.model_fields.items() if name != "type"}

    def with_inner(self) -> Iterator[Stage]:
        """The stage itself, and those in its options."""
        yield self
        for _, value in self:
            for inner in value if isinstance(value, tuple) else (value,):
                if isinstance(inner, Stage):
                    yield from inner.with_inner()
