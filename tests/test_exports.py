"""The public names, pinned: adding or losing one is a decision, not an accident."""

import subprocess
import sys

import pytest

import gmmflow

NAMES = [
    "Convergence", "Covariance", "Distribution", "EStep", "Executor", "ExponentialFamily",
    "GaussianMixture", "GmmflowError", "Initializer", "Loader", "MStep", "Mixture", "MixtureModel",
    "Reporter", "Result", "Transform", "__version__", "fit", "hookimpl", "load", "run",
]  # fmt: skip


def test_public_names():
    assert sorted(gmmflow.__all__) == NAMES
    assert dir(gmmflow) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_name_resolves_and_is_documented(name):
    value = getattr(gmmflow, name)
    if name not in ("__version__", "hookimpl"):
        assert value.__doc__
        assert value.__module__.startswith("gmmflow.")


def test_a_name_that_there_is_not():
    with pytest.raises(AttributeError, match="module 'gmmflow' has no attribute 'Fit'"):
        gmmflow.Fit  # noqa: B018


def test_star_import_works_in_a_fresh_interpreter():
    code = "from gmmflow import *; assert fit and MixtureModel and load and run"
    subprocess.run([sys.executable, "-c", code], check=True)
