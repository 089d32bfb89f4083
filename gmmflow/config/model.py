"""The config as values: what a checked YAML file becomes.

A field marked with a `Slot` holds a stage, made by `config.build` from the registry; the slot's
default is a stage by name, so that only what a config names is imported.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    field_serializer,
    model_validator,
)

from gmmflow.config.candidates import ComponentNumbers
from gmmflow.convergence.base import Convergence
from gmmflow.distributions.base import Distribution
from gmmflow.e_steps.base import EStep
from gmmflow.executors.base import Executor
from gmmflow.initializers.base import Initializer
from gmmflow.loaders.base import Loader
from gmmflow.m_steps.base import MStep
from gmmflow.reporters.base import Reporter
from gmmflow.stage import Field, Options, Slot
from gmmflow.transforms.base import Transform
from gmmflow.values.criteria import HELD_OUT, CriterionName


class ModelSection(Options):
    """What is fitted."""

    components: ComponentNumbers = Field(
        description="Number of components; or several to compare, as [2, 3, 4] or {from: 1, to: 9}."
    )
    distribution: Annotated[
        tuple[SerializeAsAny[Distribution], ...], Slot("distributions", "gaussian", choice=True)
    ] = Field(
        description="What a component is; or a list of them, to compare. A list in one of its "
        "options, or all, means one of each.",
        min_length=1,
    )

    @model_validator(mode="after")
    def _refuse_twins(self) -> Self:
        for index, each in enumerate(self.distribution):
            if each in self.distribution[:index]:
                raise ValueError(f"the distribution {each.label} is named twice")
        return self

    @field_serializer("distribution", mode="wrap")
    def _one_stands_alone(self, value: Any, dump: SerializerFunctionWrapHandler) -> Any:
        listed = dump(value)
        return listed[0] if len(listed) == 1 else listed


class SelectSection(Options):
    """What is chosen where there are several models."""

    criterion: CriterionName = Field(
        "bic",
        description="What compares models: bic, aic and icl (lower is better), or held_out, the "
        "mean log density of rows that are left out of the fit (higher is better).",
    )
    fraction: float = Field(
        HELD_OUT, gt=0, lt=1, description="Share of rows that held_out leaves out of the fit."
    )


class FitSection(Options):
    """How EM runs and stops."""

    e_step: Annotated[SerializeAsAny[EStep], Slot("e_steps", "soft")] = Field(
        description="From log densities to responsibilities."
    )
    m_step: Annotated[SerializeAsAny[MStep], Slot("m_steps", "ml")] = Field(
        description="Which parameters are maximised, and how."
    )
    convergence: Annotated[
        tuple[SerializeAsAny[Convergence], ...],
        Slot("convergence", ("log_likelihood", "max_iterations")),
    ] = Field(description="When to stop: the first criterion that says so.", min_length=1)
    restarts: int = Field(
        1,
        ge=1,
        le=10_000,
        description="Starts of different seeds, fitted side by side; the best is kept.",
    )
    on_limit: Literal["warn", "fail"] = Field(
        "warn",
        description="At a limit without convergence: exit 0 with a warning, or exit 65.",
    )


class PluginSection(Options):
    """Which plugins the config needs."""

    paths: tuple[str, ...] = Field(
        (), description="Local plugin files, relative to this config; their stages are local.NAME."
    )
    require: tuple[str, ...] = Field(
        (), description="Distributions that must be installed, such as 'gmmflow-acme>=1.2,<2'."
    )


class RunConfig(Options):
    """A whole run."""

    version: Literal[1] = Field(1, description="Version of the config format.")
    seed: int = Field(0, ge=0, le=2**63 - 1, description="Seed of everything random.")
    data: Annotated[SerializeAsAny[Loader], Slot("loaders")] = Field(
        description="Where the rows come from."
    )
    transform: Annotated[tuple[SerializeAsAny[Transform], ...], Slot("transforms", ())] = Field(
        description="What happens to the rows first, in this order; results stay in data units."
    )
    model: ModelSection = Field(description="What is fitted.")
    init: Annotated[SerializeAsAny[Initializer], Slot("initializers", "kmeans++")] = Field(
        description="Where EM starts."
    )
    fit: FitSection = Field(description="How EM runs and stops.")
    select: SelectSection = Field(description="What is chosen where there are several models.")
    run: Annotated[SerializeAsAny[Executor], Slot("executors", "threads")] = Field(
        description="Where the work is done."
    )
    report: Annotated[tuple[SerializeAsAny[Reporter], ...], Slot("reporters", ("console",))] = (
        Field(description="Who watches the fit and writes results.")
    )
    output: str | None = Field(
        None,
        description="The run folder, relative to the current folder; by default runs/ and the "
        "name of the config.",
    )
    folder: str | None = Field(
        None,
        description="Where relative paths of inputs and plugins start; by default the folder of "
        "this config.",
    )
    plugins: PluginSection = Field(description="Which plugins the config needs.")
