"""The registry as a whole: names, providers, the catalogue, what is imported."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import gmmflow
from gmmflow import Convergence
from gmmflow.covariances.vvv import VVV
from gmmflow.errors import PluginError
from gmmflow.plugin.manager import PluginSectionError, Registry
from gmmflow.plugin.provider import Provider

WRONG_KIND = """
    from typing import Literal
    from gmmflow import Initializer, hookimpl
    from gmmflow.stage import Field

    class Plateau(Initializer):
        type: Literal["acme.plateau"] = "acme.plateau"

    class Silent(Initializer):
        type: Literal["acme.silent"] = "acme.silent"
        speed: int = Field(1)
        def start(self, n_components, distribution, context): ...

    @hookimpl
    def gmmflow_convergence():
        return {"acme.plateau": Plateau}

    @hookimpl
    def gmmflow_initializers():
        return {"acme.silent": Silent}
"""


def test_a_stage_that_breaks_a_law_is_broken_alone(install):
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": WRONG_KIND})
    registry = Registry()
    with pytest.raises(PluginError) as caught:
        registry.find("convergence", "acme.plateau")
    assert caught.value.message == (
        "the convergence criterion 'acme.plateau' of gmmflow-acme 1.2 is broken: Plateau is "
        "registered as 'acme.plateau' of convergence, but it is an initializer; derive it from "
        "gmmflow.Convergence, or return it from the hook of its kind"
    )
    entries = {entry.name: entry for entry in registry.catalogue() if "." in entry.name}
    assert {entry.state for entry in entries.values()} == {"broken"}
    assert "'speed' of Silent has no description" in entries["acme.silent"].reason


def test_the_catalogue_has_everything(install, plateau):
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": plateau("acme.plateau")})
    install("gmmflow-bad", {"bad": "bad_module"}, {"bad_module": "raise ValueError('bad\\nnews')"})
    registry = Registry()
    entries = {(entry.kind, entry.name): entry for entry in registry.catalogue()}
    good = entries["convergence", "acme.plateau"]
    assert (good.state, good.summary) == ("loaded", "Stops at once.")
    assert str(good.provider) == "gmmflow-acme 1.2"
    bad = entries["", "bad"]
    assert (bad.state, str(bad.provider)) == ("broken", "gmmflow-bad 1.2")
    assert bad.reason == "the plugin 'bad' (gmmflow-bad 1.2) is broken: ValueError: bad news"
    own = entries["initializers", "kmeans++"]
    assert own.provider == Provider("gmmflow", "gmmflow", gmmflow.__version__)
    kinds = [entry.kind for entry in registry.catalogue("e_steps")]
    assert kinds == ["e_steps", "e_steps", ""]


def test_names_are_those_of_what_is_loaded_unless_all_are_asked_for(install, plateau):
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": plateau("acme.plateau")})
    registry = Registry()
    assert "acme.plateau" not in registry.names("convergence")
    assert "acme.plateau" in registry.names("convergence", load=True)
    assert "acme.plateau" in registry.names("convergence")


def test_kinds_of_a_name():
    registry = Registry(discover=False)
    assert registry.kinds("kmeans++") == ["initializers"]
    with pytest.raises(PluginError, match="no stage is called 'kmeans3'"):
        registry.kinds("kmeans3")


class FromPython(Convergence):
    """Handed over by Python code, never registered."""

    def check(self, trace):
        return None


def test_providers_of_classes_that_were_not_looked_up(install, plateau):
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": plateau("acme.plateau")})
    import acme_module

    registry = Registry()
    assert registry.provider(VVV).distribution == "gmmflow"
    assert registry.provider(acme_module.Plateau).distribution == "gmmflow-acme"
    mine = registry.provider(FromPython(type="mine"))
    assert mine.path == __file__
    assert len(mine.sha256) == 64
    typed = type("Typed", (FromPython,), {"__module__": "__nowhere__"})
    assert str(registry.provider(typed)) == "Python code"


def test_the_error_of_the_section_travels_between_processes():
    with pytest.raises(PluginSectionError) as caught:
        Registry(require=["missing-one", "missing-two"])
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert [where for where, _ in again.problems] == [("require", 0), ("require", 1)]


def test_finding_one_of_ours_imports_no_plugin_and_nothing_heavy(tmp_path: Path):
    # A plugin that would end the process, in a process of its own.
    info = tmp_path / "gmmflow_loud-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gmmflow-loud\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[gmmflow]\nloud = gmmflow_loud\n")
    (tmp_path / "gmmflow_loud.py").write_text("import os; os._exit(9)\n")
    code = f"""
import sys; sys.path.insert(0, {str(tmp_path)!r})
from gmmflow.plugin.manager import Registry
assert "numpy" not in sys.modules, "the registry itself needs no numpy"
Registry().find("initializers", "kmeans++")
heavy = ["scipy", "dask", "distributed", "pyarrow", "plotly", "rich", "pandas", "gmmflow_loud"]
print([name for name in heavy if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
