"""Covariance families by name: ours, and those of plugins."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from gmmflow.covariances.base import Covariance
from gmmflow.errors import PluginError
from gmmflow.estimators.refusals import InvalidParameterError
from gmmflow.plugin.builtin import gmmflow_covariances


@cache
def _class_of(name: str) -> type[Covariance]:
    known = gmmflow_covariances()
    if name in known:
        # What the registry would do; looking for plugins first takes longer than a small fit.
        module, _, attribute = str(known[name]).partition(":")
        return cast(type[Covariance], getattr(import_module(module), attribute))
    from gmmflow.plugin.manager import Registry

    return cast(type[Covariance], Registry().find("covariances", name))


def family(name: str, reg_covar: float) -> Covariance:
    """The family of a ``covariance_type``, with `reg_covar` added to every diagonal.

    Raises
    ------
    InvalidParameterError
        There is none of this name.
    """
    try:
        kind = _class_of(name)
    except PluginError as error:
        known = "{" + ", ".join(map(repr, sorted(gmmflow_covariances()))) + "}"
        raise InvalidParameterError(
            "The 'covariance_type' parameter of GaussianMixture must be a str among "
            f"{known}, or the covariance family of a plugin. Got {name!r} instead.",
            error.remedy,
        ) from None
    return kind(type=name, reg_covar=float(reg_covar))
