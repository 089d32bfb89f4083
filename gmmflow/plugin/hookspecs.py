"""The hooks, one a kind of stage.

Each returns the stages of a plugin as ``{name: stage}``, where the name is the YAML ``type`` and
the stage is the class, or, so that nothing is imported before it is named, ``"module:Class"``.
Names of a plugin that is installed carry its entry-point name as prefix: entry point ``acme``,
stage ``acme.sobol``. Names of local files carry ``local.``.

>>> @hookimpl
... def gmmflow_initializers():
...     return {"acme.sobol": "gmmflow_acme.sobol:Sobol"}
"""

from __future__ import annotations

import pluggy

PROJECT = "gmmflow"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

Stages = dict[str, "str | type"]


@hookspec
def gmmflow_loaders() -> Stages:  # type: ignore[empty-body]
    """Stages of the `data` slot, see `gmmflow.loaders.base`."""


@hookspec
def gmmflow_transforms() -> Stages:  # type: ignore[empty-body]
    """Stages of the `transform` slot, see `gmmflow.transforms.base`."""


@hookspec
def gmmflow_initializers() -> Stages:  # type: ignore[empty-body]
    """Stages of the `init` slot, see `gmmflow.initializers.base`."""


@hookspec
def gmmflow_distributions() -> Stages:  # type: ignore[empty-body]
    """Stages of the `model.distribution` slot, see `gmmflow.distributions.base`."""


@hookspec
def gmmflow_covariances() -> Stages:  # type: ignore[empty-body]
    """Stages of the Gaussian's `covariance`, see `gmmflow.covariances.base`."""


@hookspec
def gmmflow_e_steps() -> Stages:  # type: ignore[empty-body]
    """Stages of the `fit.e_step` slot, see `gmmflow.e_steps.base`."""


@hookspec
def gmmflow_m_steps() -> Stages:  # type: ignore[empty-body]
    """Stages of the `fit.m_step` slot, see `gmmflow.m_steps.base`."""


@hookspec
def gmmflow_convergence() -> Stages:  # type: ignore[empty-body]
    """Stages of the `fit.convergence` slot, see `gmmflow.convergence.base`."""


@hookspec
def gmmflow_executors() -> Stages:  # type: ignore[empty-body]
    """Stages of the `run` slot, see `gmmflow.executors.base`."""


@hookspec
def gmmflow_reporters() -> Stages:  # type: ignore[empty-body]
    """Stages of the `report` slot, see `gmmflow.reporters.base`."""
