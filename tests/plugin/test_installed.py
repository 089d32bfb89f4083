"""Installed plugins: imported when named, isolated when broken, never guessed between."""

import re
import sys

import pytest

from gmmflow.errors import Exit, PluginError
from gmmflow.plugin.installed import installed
from gmmflow.plugin.manager import Registry


def test_a_stage_is_found_by_its_prefix(install, plateau):
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": plateau("acme.plateau")})
    registry = Registry()
    stage = registry.find("convergence", "acme.plateau")
    assert stage(patience=5).model_dump() == {"type": "acme.plateau", "patience": 5}
    assert registry.provider(stage()).record() == {
        "name": "acme",
        "distribution": "gmmflow-acme",
        "version": "1.2",
    }


def test_nothing_is_imported_before_it_is_named(install, plateau):
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": plateau("acme.plateau")})
    install("gmmflow-other", {"other": "other_module"}, {"other_module": plateau("other.plateau")})
    registry = Registry()
    registry.find("initializers", "kmeans++")
    assert registry.names("convergence") == [
        "aitken", "log_likelihood", "max_iterations", "parameters", "time_budget",
    ]  # fmt: skip
    assert not {"acme_module", "other_module"} & set(sys.modules)
    registry.find("convergence", "acme.plateau")
    assert "acme_module" in sys.modules
    assert "other_module" not in sys.modules


def test_an_import_string_is_imported_only_for_its_stage(install, plateau):
    hooks = """
        from gmmflow import hookimpl

        @hookimpl
        def gmmflow_convergence():
            return {"acme.plateau": "acme_stage:Plateau", "acme.lost": "acme_stage:Lost"}
    """
    source = plateau("acme.plateau").partition("@hookimpl")[0]
    install("gmmflow-acme", {"acme": "acme_hooks"}, {"acme_hooks": hooks, "acme_stage": source})
    registry = Registry()
    assert registry.kinds("acme.plateau") == ["convergence"]
    assert "acme_stage" not in sys.modules
    assert registry.find("convergence", "acme.plateau").__name__ == "Plateau"
    with pytest.raises(PluginError, match=r"'acme\.lost' of gmmflow-acme 1\.2 is broken.*'Lost'"):
        registry.find("convergence", "acme.lost")


BROKEN = {
    "raises": ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
    "exits": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "imports": ("import not_there_at_all", "No module named 'not_there_at_all'"),
    "syntax": ("def", "SyntaxError"),
    "empty": ("", "it has no hook; write one of gmmflow_loaders"),
    "unmarked": ("def gmmflow_loaders(): ...", "gmmflow_loaders is not marked as a hook"),
    "misspelt": (
        "from gmmflow import hookimpl\n@hookimpl\ndef gmmflow_initialisers(): ...",
        "unknown hook 'gmmflow_initialisers'.*the hooks are .*gmmflow_initializers",
    ),
    "argument": (
        "from gmmflow import hookimpl\n@hookimpl\ndef gmmflow_loaders(config): ...",
        r"\{'config'\} are declared in the hookimpl.*without arguments",
    ),
    "no prefix": (
        "from gmmflow import hookimpl\n@hookimpl\ndef gmmflow_loaders(): return {'sql': int}",
        r"calls a stage 'sql'; names of this plugin begin with 'acme\.': call it 'acme\.sql'",
    ),
    "bad name": (
        "from gmmflow import hookimpl\n@hookimpl\ndef gmmflow_loaders(): return {'acme.a b': int}",
        "calls a stage 'acme.a b'; a name is made of letters",
    ),
    "no dict": (
        "from gmmflow import hookimpl\n@hookimpl\ndef gmmflow_loaders(): return [int]",
        "must return a dict of name to stage, not .*int",
    ),
    "no text": (
        "from gmmflow import hookimpl\n@hookimpl\ndef gmmflow_loaders(): return {3: int}",
        "must name its stages with text, not 3",
    ),
    "no class": (
        "from gmmflow import hookimpl\n@hookimpl\ndef gmmflow_loaders(): return {'acme.a': 'a b'}",
        "must give a class or 'module:Class' for 'acme.a', not 'a b'",
    ),
    "hook raises": (
        "from gmmflow import hookimpl\n@hookimpl\ndef gmmflow_loaders(): return {}['x']",
        "KeyError: 'x'",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_plugin_is_fatal_only_where_it_is_needed(install, plateau, case):
    source, reason = BROKEN[case]
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": source})
    install("gmmflow-good", {"good": "good_module"}, {"good_module": plateau("good.plateau")})
    registry = Registry()
    assert registry.find("convergence", "good.plateau")
    with pytest.raises(PluginError, match=reason) as caught:
        registry.find("loaders", "acme.sql")
    assert "the plugin 'acme' (gmmflow-acme 1.2) is broken" in caught.value.message
    assert caught.value.remedy.startswith("update gmmflow-acme or tell its authors")
    assert caught.value.exit_code == Exit.CONFIG
    broken = [entry for entry in registry.catalogue() if entry.provider.name == "acme"]
    assert [(entry.name, entry.state) for entry in broken] == [("acme", "broken")]
    assert re.search(reason, broken[0].reason, re.DOTALL)
    assert "good.plateau" in registry.names("convergence", load=True)


@pytest.mark.parametrize("name", ["local", "gmmflow", "a.b", "a b"])
def test_an_entry_point_needs_a_name_of_its_own(install, plateau, name):
    install("gmmflow-acme", {name: "acme_module"}, {"acme_module": plateau(f"{name}.plateau")})
    entry = Registry().catalogue("convergence")[-1]
    assert entry.state == "broken"
    assert "the entry point must be named with letters, digits, _ and -" in entry.reason


def test_two_distributions_of_one_name_are_an_error_where_they_are_needed(install, plateau):
    install("gmmflow-acme", {"acme": "acme_one"}, {"acme_one": plateau("acme.plateau")})
    install("acme-tools", {"acme": "acme_two"}, {"acme_two": plateau("acme.plateau")}, "3.0")
    registry = Registry()
    assert registry.find("initializers", "kmeans++")
    with pytest.raises(PluginError) as caught:
        registry.find("convergence", "acme.plateau")
    assert caught.value.message == (
        "acme-tools 3.0 and gmmflow-acme 1.2 both call their plugin 'acme'"
    )
    assert caught.value.remedy.startswith("uninstall one of them")
    assert not {"acme_one", "acme_two"} & set(sys.modules)
    assert registry.catalogue()[-1].reason == caught.value.message


def test_one_plugin_seen_twice_is_one_plugin(install, plateau):
    for _ in range(2):  # lib64 is often a link to lib
        install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": plateau("acme.plateau")})
    assert len(installed()["acme"]) == 1
    assert Registry().find("convergence", "acme.plateau")


def test_without_discovery_nothing_installed_is_seen(install, plateau):
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": plateau("acme.plateau")})
    registry = Registry(discover=False)
    with pytest.raises(PluginError, match="no plugin 'acme' is installed"):
        registry.find("convergence", "acme.plateau")
    assert {entry.provider.name for entry in registry.catalogue()} == {"gmmflow"}


def test_a_plugin_cannot_wrap_the_hooks_of_another(install, plateau):
    source = """
        from gmmflow.plugin.hookspecs import hookimpl

        @hookimpl(wrapper=True)
        def gmmflow_convergence():
            yield
            return {}
    """
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": source})
    install("gmmflow-good", {"good": "good_module"}, {"good_module": plateau("good.plateau")})
    names = Registry().names("convergence", load=True)
    assert {"log_likelihood", "good.plateau"} <= set(names)
