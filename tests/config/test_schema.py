import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from gmmflow.cli.schema import schema_text
from gmmflow.config import InvalidConfig, load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def schema():
    return json.loads(schema_text(only_builtin=True))


@pytest.fixture(scope="module")
def validator(schema):
    return jsonschema.Draft202012Validator(schema)


def test_the_committed_schema_is_fresh():
    committed = (ROOT / "configs/gmmflow.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(only_builtin=True), (
        "run: gmmflow schema --builtin -o configs/gmmflow.schema.json"
    )


def test_it_is_a_schema(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


def test_everything_is_described(schema):
    options = [
        (name, option, about)
        for name, stage in schema["$defs"].items()
        for option, about in stage.get("properties", {}).items()
        if option != "type"
    ]
    assert len(options) > 20
    assert [where[:2] for where in options if not where[2].get("description")] == []
    assert all(about.get("description") for about in schema["properties"].values())


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.name)
def test_configs_of_the_repository_fit_it(validator, path):
    # PyYAML reads 1e-8 as text; the reader of gmmflow gives what an editor sees.
    validator.validate(load(path).resolved)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=./gmmflow.schema.json\n")
    assert yaml.safe_load(text)


GOOD = [
    "",
    "init: kmeans",
    "init: {type: kmeans}",
    "init: {sample: 100}",
    "init: null",
    "fit: {convergence: [max_iterations, {type: log_likelihood, tolerance: 0.1}]}",
    "transform: [standardize]",
    "run: {memory: 4GiB}",
    "run: {memory: 1000}",
    "output: null",
    "report: []",
]
BAD = [
    "init: kmean",
    "init: {type: kmean}",
    "init: {type: kmeans, smple: 1}",
    "init: [kmeans]",
    "fit: {convergence: []}",
    "fit: {convergence: max_iterations}",
    "fit: {convergence: [{tolerance: 1}]}",
    "fit: {restarts: 0}",
    "run: {memory: [1]}",
    "output: 3",
    "seeds: 1",
    "seed: -1",
    "transform: [select]",
    "data: csv",
    "data: {path: x}",
]


@pytest.mark.parametrize(("more", "good"), [*((t, True) for t in GOOD), *((t, False) for t in BAD)])
def test_schema_and_reader_agree(write, validator, small, more, good):
    data, model = small.splitlines()
    write("\n".join([model, more if more.startswith("data") else f"{data}\n{more}"]))
    values = yaml.safe_load(Path("fit.yaml").read_text(encoding="utf-8"))
    assert validator.is_valid(values) == good
    if good:
        load("fit.yaml")
    else:
        with pytest.raises(InvalidConfig):
            load("fit.yaml")


def test_a_part_needs_only_name_what_it_extends(validator):
    assert validator.is_valid({"extends": "base.yaml", "seed": 3})
    assert not validator.is_valid({"seed": 3})
