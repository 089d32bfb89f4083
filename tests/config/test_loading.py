import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gmmflow.config import InvalidConfig, build_stage, load
from gmmflow.errors import ConfigError, InputMissing
from gmmflow.initializers.kmeans_pp import KMeansPP
from gmmflow.plugin.manager import Registry


def test_a_loaded_config(write, tmp_path, small):
    write(small, "deep/fit.v2.yaml")
    loaded = load("deep/fit.v2.yaml")
    assert (loaded.name, loaded.folder) == ("fit.v2", tmp_path / "deep")
    assert loaded.resolved["data"]["path"] == "x.csv"
    assert loaded.resolved["fit"]["convergence"][1] == {"type": "max_iterations", "limit": 500}
    assert json.loads(json.dumps(loaded.resolved)) == loaded.resolved
    assert isinstance(loaded.registry, Registry)


def test_every_value_has_an_origin(write, small):
    write("fit: {restarts: 3}\ninit: kmeans\n", "base.yaml")
    write(f"extends: base.yaml\n{small}transform:\nreport:\n- console\n- {{type: json}}\n")
    origins = load("fit.yaml", ["seed=5", "report.1.stream=stdout"]).origins
    expected = {
        "seed": "--set",
        "data.path": "fit.yaml:2:25",
        "data.missing": "default",
        "transform": "default",
        "fit.restarts": "base.yaml:1:17",
        "fit.e_step.type": "default",
        "init.type": "base.yaml:2:7",
        "report.0.type": "fit.yaml:6:3",
        "report.1.type": "fit.yaml:7:10",
        "report.1.stream": "--set",
    }
    assert {path: origins[path] for path in expected} == expected


def test_a_mapping_gives_the_same_as_a_file(write, tmp_path, small):
    write(small)
    mapping = {"data": {"type": "csv", "path": Path("x.csv")}, "model": {"components": 2}}
    loaded = load(mapping, ["seed=1"])
    assert loaded.config == load("fit.yaml", ["seed=1"]).config
    assert (loaded.name, loaded.folder) == ("config", tmp_path)
    assert (loaded.origins["seed"], loaded.origins["data.path"]) == ("--set", "config")


def test_a_mapping_may_hold_stages():
    stage = KMeansPP(sample=50)
    loaded = load(
        {"data": "builtin", "model": {"components": 2}, "init": stage}, ["data.name=iris"]
    )
    assert loaded.config.init is stage
    assert loaded.resolved["init"]["sample"] == 50
    assert loaded.origins["init.sample"] == "config"


def test_a_stage_of_another_kind_is_refused():
    mapping = {"data": KMeansPP(), "model": {"components": 2}}
    with pytest.raises(InvalidConfig, match="data: a loader is needed, not KMeansPP"):
        load(mapping)


def test_relative_paths_start_in_the_folder_that_the_config_names(write, tmp_path, small):
    write(f"{small}folder: ..\n", "runs/fit.yaml")
    assert load("runs/fit.yaml").folder.resolve() == tmp_path


def test_a_home_folder_that_nobody_has(write, small):
    write(f"{small}folder: ~nobody-of-this-name/x\n")
    with pytest.raises(InvalidConfig, match=r"fit\.yaml:3:9: folder: has no home folder: "):
        load("fit.yaml")


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "null"])
def test_an_empty_config(write, text):
    write(text)
    with pytest.raises(InvalidConfig, match=r"the config is empty\n(.*\n)*.*try: gmmflow init"):
        load("fit.yaml")


@pytest.mark.parametrize(("text", "shown"), [("[1]", r"\[1\]"), ("word", "'word'"), ("3", "3")])
def test_a_config_must_be_a_mapping(write, text, shown):
    write(text)
    with pytest.raises(InvalidConfig, match=rf"must be a mapping of options, is {shown}"):
        load("fit.yaml")


def test_a_config_that_is_not_there(tmp_path):
    with pytest.raises(InputMissing, match="there is no such config"):
        load(tmp_path / "none.yaml")


def test_all_plugin_problems_are_named(write, small):
    write("raise RuntimeError('oops')\n", "broken.py")
    write(f"{small}plugins:\n  require: [gmmflow-none, '!!']\n  paths: [broken.py, none.py]\n")
    with pytest.raises(InvalidConfig) as caught:
        load("fit.yaml")
    places = {problem.path: str(problem.place) for problem in caught.value.problems}
    assert places == {
        "plugins.require.0": "fit.yaml:4:13",
        "plugins.require.1": "fit.yaml:4:27",
        "plugins.paths.0": "fit.yaml:5:11",
        "plugins.paths.1": "fit.yaml:5:22",
    }
    assert "oops" in str(caught.value)


def test_plugin_lists_of_another_shape(write, small):
    write(f"{small}plugins: {{paths: x.py, require: [1]}}\n")
    with pytest.raises(InvalidConfig) as caught:
        load("fit.yaml")
    assert "plugins.paths: must be a list, is 'x.py'" in str(caught.value)
    assert "plugins.require.0: must be text, is 1" in str(caught.value)


@pytest.mark.parametrize("description", ["kmeans++", {"type": "kmeans++"}, {}, KMeansPP()])
def test_build_stage(description):
    if description == {}:
        with pytest.raises(InvalidConfig, match="initializers: type: is missing"):
            build_stage("initializers", description)
    else:
        assert build_stage("initializers", description, Registry()) == KMeansPP()


def test_build_stage_builds_what_is_inside():
    gaussian = build_stage("distributions", {"type": "gaussian", "covariance": "EEE"})
    assert gaussian.model_dump()["covariance"]["type"] == "EEE"


def test_build_stage_refuses():
    with pytest.raises(InvalidConfig, match="sampel: unknown option 'sampel'"):
        build_stage("initializers", {"type": "kmeans++", "sampel": 1})


LINES = st.sampled_from(
    [
        "data: {type: csv, path: x.csv}", "data: csv", "model: {components: 2}", "model:",
        "  components: 3", "init: kmeans", "init: {sample: 1e3}", "fit: {convergence: []}",
        "seed: 1", "seed: ${ENV:NONE}", "extends: fit.yaml", "extends: 3", "report: [html, html]",
        "plugins: {paths: [x.py]}", "? {}", "run: {memory: 1GiB}", "transform: [{}]", "\x07", "- a",
    ]
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(LINES, max_size=6).map("\n".join) | st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.sampled_from(["seed=2", "fit.convergence.0=x", "model=", "a", "data.a.b=[", "=="])),
)
def test_any_file_is_valid_or_a_config_error(write, text, flags):
    write(text)
    try:
        loaded = load("fit.yaml", flags)
    except ConfigError as error:
        assert "nothing was run." in str(error)  # noqa: PT017
    else:
        assert loaded.config.model.components in (2, 3)
