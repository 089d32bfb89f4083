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


FORMS = [
    "components: 2", "components: [2, 3]", "components: {from: 1, to: 9}",
    "components: 2, distribution: gaussian", "components: 2, distribution: [gaussian]",
    "components: 2, distribution: {covariance: all}",
    "components: 2, distribution: {type: gaussian, covariance: [VVV, {type: EEE, floor: 0.1}]}",
    "components: 2, distribution: {type: gaussian, covariance: {type: all, floor: 0.1}}",
    "components: 2, distribution: [{type: gaussian, covariance: all}]",
]  # fmt: skip
WRONG = [
    "components: 0", "components: []", "components: [2, 2]", "components: {from: 1}",
    "components: 2, distribution: all", "components: 2, distribution: []",
    "components: 2, distribution: {covariance: []}",
    "components: 2, distribution: {covariance: {type: all, flor: 1}}",
    "components: 2, distribution: {covariance: [VVX]}",
]  # fmt: skip


@pytest.mark.parametrize("model", FORMS)
def test_several_models_fit_it_and_load(validator, write, model):
    text = f"data: {{type: builtin, name: iris}}\nmodel: {{{model}}}\n"
    validator.validate(yaml.safe_load(text))
    load(write(text))


@pytest.mark.parametrize("model", WRONG)
def test_wrong_models_fit_neither(validator, write, model):
    text = f"data: {{type: builtin, name: iris}}\nmodel: {{{model}}}\n"
    assert not validator.is_valid(yaml.safe_load(text))
    with pytest.raises(InvalidConfig):
        load(write(text))
