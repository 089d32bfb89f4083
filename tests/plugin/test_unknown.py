"""What is said of a name that no stage has."""

import sys

import pytest

from gmmflow.errors import PluginError
from gmmflow.plugin.manager import Registry


def refusal(kind: str, name: str, **options) -> PluginError:
    registry = Registry(**options)
    with pytest.raises(PluginError) as caught:
        registry.find(kind, name) if kind else registry.kinds(name)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "typed", "meant"),
    [
        ("initializers", "kmeans+", "kmeans++"),
        ("initializers", "KMeans++", "kmeans++"),
        ("initializers", "kmeans_pp", "kmeans++"),
        ("initializers", "kmeanspp", "kmeans++"),
        ("initializers", "gmmflow.kmeans", "kmeans"),
        ("covariances", "vvv", "VVV"),
        ("covariances", "sperical", "spherical"),
        ("convergence", "loglikelihood", "log_likelihood"),
        ("", "standardise", "standardize"),
    ],
)
def test_the_nearest_name_comes_first(kind, typed, meant):
    error = refusal(kind, typed, discover=False)
    assert error.message.startswith("no ")
    assert error.message.endswith(f"is called {typed!r}")
    assert error.remedy.startswith(f"did you mean {meant!r}? known: ")


def test_all_known_names_are_listed():
    error = refusal("e_steps", "xyz", discover=False)
    assert error.message == "no e_step is called 'xyz'"
    assert error.remedy == "known: hard, soft"


def test_a_stage_of_another_kind_is_recognised():
    error = refusal("m_steps", "hard", discover=False)
    assert error.remedy == "'hard' is an e_step (slot fit.e_step); known: map, ml"


def test_a_plugin_that_is_not_installed(install, plateau):
    error = refusal("initializers", "acme.sobol", discover=False)
    assert error.message == "no initializer is called 'acme.sobol'"
    assert (
        f"no plugin 'acme' is installed for {sys.executable} (none is installed): "
        "see gmmflow plugins list initializers"
    ) in error.remedy
    install("gmmflow-other", {"other": "other_module"}, {"other_module": plateau("other.x")})
    assert "(installed are other (gmmflow-other 1.2))" in refusal("loaders", "acme.sql").remedy
    assert "other_module" not in sys.modules


def test_a_name_that_the_plugin_lacks(install, plateau):
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": plateau("acme.plateau")})
    error = refusal("convergence", "acme.platau")
    assert error.remedy.startswith("did you mean 'acme.plateau'? known: acme.plateau, aitken, log_")
    assert "more in plugins" not in error.remedy, "the only one is loaded by now"
    error = refusal("initializers", "acme.plateau")
    assert error.remedy.startswith(
        "'acme.plateau' is a convergence criterion (slot fit.convergence); known: "
    )


@pytest.mark.parametrize(
    "typed", ["gmmflow-acme", "gmmflow_acme", "acme", "acme_module", "Gmmflow-Acme.plateau"]
)
def test_a_package_taken_for_a_stage(install, plateau, typed):
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": plateau("acme.plateau")})
    error = refusal("convergence", typed)
    assert error.remedy.startswith(
        "'gmmflow-acme' is the package; its convergence criterion is acme.plateau; known: "
    )
    error = refusal("initializers", typed)
    assert "'gmmflow-acme' is the package; it has no initializer" in error.remedy


def test_a_package_taken_for_a_stage_that_is_broken_says_why(install):
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": "raise OSError('no key')"})
    error = refusal("convergence", "gmmflow-acme")
    assert error.message == ("the plugin 'acme' (gmmflow-acme 1.2) is broken: OSError: no key")


def test_more_may_be_installed(install, plateau):
    install("gmmflow-acme", {"acme": "acme_module"}, {"acme_module": plateau("acme.plateau")})
    error = refusal("convergence", "patience")
    assert error.remedy.endswith(
        "more in plugins acme (gmmflow-acme 1.2): see gmmflow plugins list convergence"
    )
    assert "acme_module" not in sys.modules


def test_a_local_stage_needs_a_file():
    assert "stages of local files need plugins: {paths: [FILE.py]}" in (
        refusal("convergence", "local.plateau", discover=False).remedy
    )
