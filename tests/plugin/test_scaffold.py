"""The package that `gmmflow plugins new` writes."""

import subprocess
import sys
import tomllib

import numpy as np
import pytest

from gmmflow.errors import OutputError, UsageError
from gmmflow.plugin.manager import Registry
from gmmflow.plugin.scaffold import KINDS_OFFERED, write_package
from gmmflow.plugin.words import kind_of

NAMES = {
    "initializer": "acme.farthest",
    "distribution": "acme.exponential",
    "convergence": "acme.plateau",
}


@pytest.fixture
def new(tmp_path, install, monkeypatch):
    """Write a package and install it: its sources, and the metadata that pip would write."""

    def do(name, kind):
        folder, _ = write_package(name, kind, tmp_path / "package")
        project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        points = project["entry-points"]["gmmflow"]
        install(project["name"], points, version=project["version"])
        monkeypatch.syspath_prepend(str(folder / "src"))
        return folder

    return do


def test_there_is_a_template_for_each_kind_that_is_offered():
    assert set(KINDS_OFFERED) == set(NAMES)


@pytest.mark.parametrize("kind", NAMES)
def test_the_stage_is_found_and_lawful(new, kind):
    new("acme", kind)
    registry = Registry()
    stage = registry.find(kind_of(kind), NAMES[kind])
    assert stage().type == NAMES[kind]
    assert str(registry.provider(stage)) == "gmmflow-acme 0.1.0"
    assert stage.__doc__


@pytest.mark.parametrize("kind", NAMES)
def test_its_own_tests_pass(new, kind):
    folder = new("acme.my_stage", kind)
    # In a process of its own, where the package is what pip would have made of it.
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env={"PYTHONPATH": ":".join(sys.path[:2]), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("kind", NAMES)
def test_its_example_is_a_valid_config_that_uses_it(new, kind):
    from gmmflow.config import load

    folder = new("acme", kind)
    loaded = load(folder / "example.yaml")
    assert f"'{NAMES[kind]}'" in repr(loaded.resolved)


@pytest.mark.parametrize("kind", NAMES)
def test_its_example_runs(new, kind, monkeypatch, tmp_path):
    import gmmflow

    folder = new("acme", kind)
    monkeypatch.chdir(tmp_path)
    model = gmmflow.run(folder / "example.yaml")
    assert np.isfinite(model.log_likelihood)
    assert model.converged


def test_names_are_spelled_out_everywhere(new):
    folder = new("acme_lab.my_points", "initializer")
    texts = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.*")
             if path.is_file()}  # fmt: skip
    assert set(texts) >= {
        "README.md", "example.yaml", "pyproject.toml", "src/gmmflow_acme_lab/__init__.py",
        "src/gmmflow_acme_lab/my_points.py", "tests/test_my_points.py",
    }  # fmt: skip
    assert not [path for path, text in texts.items() if "$" in text or "TODO" in text]
    assert "class MyPoints(Initializer):" in texts["src/gmmflow_acme_lab/my_points.py"]
    assert texts["README.md"].startswith("# gmmflow-acme-lab\n\nAn initializer for ")


@pytest.mark.parametrize("name", ["Acme", "acme.", "acme.two.three", "9acme", "acme.class", ""])
def test_a_name_that_python_or_yaml_could_not_use_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="cannot be part of the name of a stage"):
        write_package(name, "initializer", tmp_path / "package")


@pytest.mark.parametrize("name", ["local", "gmmflow.start"])
def test_our_prefixes_are_taken(tmp_path, name):
    with pytest.raises(UsageError, match="is taken"):
        write_package(name, "initializer", tmp_path / "package")


def test_a_class_must_not_hide_what_it_derives_from(tmp_path):
    with pytest.raises(UsageError, match="would be the class Initializer, a name that the"):
        write_package("acme.initializer", "initializer", tmp_path / "package")


@pytest.mark.parametrize("kind", ["loader", "nonsense"])
def test_other_kinds_are_refused_with_the_list(tmp_path, kind):
    with pytest.raises(UsageError) as caught:
        write_package("acme", kind, tmp_path / "package")
    assert caught.value.message == f"there is no template for a package of kind {kind!r}"
    assert "kinds with one: initializer, distribution, convergence" in caught.value.remedy


def test_nothing_is_written_over(tmp_path):
    folder = tmp_path / "package"
    write_package("acme", "convergence", folder)
    before = (folder / "README.md").read_text()
    with pytest.raises(OutputError, match="exists already"):
        write_package("other", "convergence", folder)
    assert (folder / "README.md").read_text() == before
