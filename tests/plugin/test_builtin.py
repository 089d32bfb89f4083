"""Our own stages: each file is its stage's name, and nothing is left unregistered."""

import re
from pathlib import Path

import pytest

import gmmflow
from gmmflow.plugin import builtin
from gmmflow.plugin.manager import Registry
from gmmflow.stage import KINDS

TARGETS = [
    (kind, name, target)
    for kind in KINDS
    for name, target in getattr(builtin, f"gmmflow_{kind}")().items()
]
#: Names that scikit-learn gives to families whose own names are mclust's.
ALIASES = {"diag": "VVI", "full": "VVV", "spherical": "VII", "tied": "EEE"}


def file_of(name: str) -> str:
    """File of a stage: kmeans++ -> kmeans_pp, kmeans|| -> kmeans_parallel, VVV -> vvv."""
    return ALIASES.get(name, name).lower().replace("||", "_parallel").replace("++", "_pp")


@pytest.mark.parametrize(("kind", "name", "target"), TARGETS)
def test_the_file_of_a_stage_is_its_name(kind, name, target):
    module, _, _ = target.partition(":")
    assert module == f"gmmflow.{kind}.{file_of(name)}"


@pytest.mark.parametrize(("kind", "name"), [target[:2] for target in TARGETS])
def test_every_stage_is_lawful(kind, name):
    stage = Registry(discover=False).find(kind, name)
    assert stage.__doc__
    assert stage.__module__ == f"gmmflow.{kind}.{file_of(name)}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_stage_of_the_package_is_registered(kind):
    # A concrete stage declares its type; a file that does, and is not registered, is forgotten.
    folder = Path(gmmflow.__file__).parent / kind
    declares = re.compile(r"^    type: Literal\[", re.MULTILINE)
    files = {path.stem for path in folder.glob("*.py") if declares.search(path.read_text())}
    assert files == {file_of(name) for each, name, _ in TARGETS if each == kind}


def test_names_are_bare():
    assert not [name for _, name, _ in TARGETS if "." in name]
