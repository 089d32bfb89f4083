import platform
from importlib.metadata import PackageNotFoundError, requires, version

import numpy as np
from packaging.requirements import Requirement

from gmmflow.run_folder.machine import describe_machine


def test_every_core_dependency_is_named_with_its_version():
    found = describe_machine()["packages"]
    core = [Requirement(line) for line in requires("gmmflow") if "extra ==" not in line]
    assert len(core) > 8
    assert {each.name for each in core} <= set(found)
    assert found["numpy"] == np.__version__
    assert found["distributed"] == version("distributed")
    assert "pytest" not in found


def test_processor_and_blas_are_named():
    found = describe_machine()
    assert found["python"].endswith(platform.python_version())
    assert found["cpu"]["model"]
    assert set(found["cpu"]["features"]) >= set(
        np.show_config(mode="dicts")["SIMD Extensions"]["baseline"]
    )
    assert {"internal_api", "version"} <= set(found["blas"][0])
    # Where libraries lie says something of the machine that nobody needs.
    assert "filepath" not in found["blas"][0]


def test_a_gmmflow_that_is_not_installed_names_no_packages(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("gmmflow.run_folder.machine.requires", missing)
    assert describe_machine()["packages"] == {}
