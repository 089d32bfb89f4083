"""Mixture models as pipelines: from a YAML file, or from Python, on data of any size."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # so that type checkers see what `__getattr__` will find
    from gmmflow.api import fit as fit
    from gmmflow.api import load as load
    from gmmflow.api import run as run
    from gmmflow.convergence.base import Convergence as Convergence
    from gmmflow.covariances.base import Covariance as Covariance
    from gmmflow.distributions.base import Distribution as Distribution
    from gmmflow.distributions.exponential import ExponentialFamily as ExponentialFamily
    from gmmflow.e_steps.base import EStep as EStep
    from gmmflow.errors import GmmflowError as GmmflowError
    from gmmflow.estimators.gaussian_mixture import GaussianMixture as GaussianMixture
    from gmmflow.executors.base import Executor as Executor
    from gmmflow.initializers.base import Initializer as Initializer
    from gmmflow.loaders.base import Loader as Loader
    from gmmflow.m_steps.base import MStep as MStep
    from gmmflow.model import MixtureModel as MixtureModel
    from gmmflow.plugin.hookspecs import hookimpl as hookimpl
    from gmmflow.reporters.base import Reporter as Reporter
    from gmmflow.transforms.base import Transform as Transform
    from gmmflow.values.mixture import Mixture as Mixture
    from gmmflow.values.result import Result as Result

__version__ = "0.1.0"

#: Public names and the modules that define them; nothing is imported before it is asked for.
_HOMES = {
    "Convergence": "gmmflow.convergence.base",
    "Covariance": "gmmflow.covariances.base",
    "Distribution": "gmmflow.distributions.base",
    "EStep": "gmmflow.e_steps.base",
    "Executor": "gmmflow.executors.base",
    "ExponentialFamily": "gmmflow.distributions.exponential",
    "GaussianMixture": "gmmflow.estimators.gaussian_mixture",
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
