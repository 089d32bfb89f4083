"""`plugins.require`."""

import sys

import pytest

from gmmflow.errors import PluginError
from gmmflow.plugin.manager import PluginSectionError, Registry
from gmmflow.plugin.requirements import check_requirement


@pytest.mark.parametrize(
    "text", ["gmmflow-acme", "Gmmflow_Acme>=1.2,<2", "gmmflow-acme==1.2", "numpy>=1",
             "not-there; python_version < '3'"],
)  # fmt: skip
def test_what_is_installed_satisfies(install, text):
    install("gmmflow-acme", {})
    check_requirement(text)


def test_a_pre_release_that_is_installed_counts(install):
    install("gmmflow-acme", {}, version="2.0rc1")
    check_requirement("gmmflow-acme>=1.2")


def test_what_is_missing_comes_with_the_command(install):
    with pytest.raises(PluginError) as caught:
        check_requirement("gmmflow-acme>=1.2,<2")
    assert caught.value.message == (
        "gmmflow-acme is required (gmmflow-acme>=1.2,<2) but not installed"
    )
    assert caught.value.remedy == (
        f"install it: {sys.executable} -m pip install 'gmmflow-acme>=1.2,<2'"
    )


@pytest.mark.parametrize("version", ["1.1", "not a version"])
def test_another_version_is_named(install, version):
    install("gmmflow-acme", {}, version=version)
    with pytest.raises(PluginError) as caught:
        check_requirement("gmmflow-acme>=1.2")
    assert caught.value.message == (
        f"gmmflow-acme>=1.2 is required, but gmmflow-acme {version} is installed"
    )
    assert "pip install 'gmmflow-acme>=1.2'" in caught.value.remedy


def test_a_requirement_that_is_none(install):
    with pytest.raises(PluginError, match="'acme >> 3' is not a requirement: "):
        check_requirement("acme >> 3")


def test_all_problems_come_at_once_with_their_places():
    with pytest.raises(PluginSectionError) as caught:
        Registry(require=["numpy", "missing-one", "missing-two"], paths=["missing.py"])
    places = [where for where, _ in caught.value.problems]
    assert places == [("require", 1), ("require", 2), ("paths", 0)]
    for part in ("missing-one", "missing-two", "missing.py"):
        assert part in str(caught.value)
