"""Mixture models as pipelines: from a YAML file, or from Python, on data of any size."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

#: Public names and the modules that define them; nothing is imported before it is asked for.
_HOMES = {
    "Convergence": "gmmflow.convergence.base",
    "Covariance": "gmmflow.covariances.base",
    "Distribution": "gmmflow.distributions.base",
    "EStep": "gmmflow.e_steps.base",
    "Executor": "gmmflow.executors.base",
    "ExponentialFamily": "gmmflow.distributions.exponential",
    "GmmflowError": "gmmflow.errors",
    "Initializer": "gmmflow.initializers.base",
    "Loader": "gmmflow.loaders.base",
    "MStep": "gmmflow.m_steps.base",
    "Mixture": "gmmflow.values.mixture",
    "MixtureModel": "gmmflow.model",
    "Reporter": "gmmflow.reporters.base",
    "Result": "gmmflow.values.result",
    "Transform": "gmmflow.transforms.base",
    "fit": "gmmflow.api",
    "hookimpl": "gmmflow.plugin.hookspecs",
    "load": "gmmflow.api",
    "run": "gmmflow.api",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gmmflow' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
