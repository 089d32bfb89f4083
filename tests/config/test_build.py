"""Building, with the real stages and a plugin file that has one of every kind of option."""

import pytest

from gmmflow.config import InvalidConfig, load

PLUGIN = '''
from typing import Annotated, ClassVar, Literal

from pydantic import SerializeAsAny, model_validator

from gmmflow import Convergence, hookimpl
from gmmflow.stage import Field, Slot


class Odd(Convergence):
    """Stops never."""

    type: Literal["local.odd"] = "local.odd"
    either: int | tuple[int, ...] = Field(1, description="A number or numbers.")
    ratio: float = Field(0.5, gt=0, lt=1, description="A ratio.")
    on: bool = Field(False, description="Whether.")
    name: str = Field("x", description="A name.")
    few: tuple[str, ...] = Field(("a",), min_length=1, max_length=2, description="One or two.")
    pairs: dict[str, int] = Field({}, description="Numbers by name.")
    inner: Annotated[SerializeAsAny[Convergence] | None, Slot("convergence")] = Field(
        None, description="Another criterion."
    )

    @model_validator(mode="after")
    def _both(self):
        if self.name == "bad" and self.on:
            raise ValueError("name 'bad' needs on: false")
        if self.name == "broken":
            raise RuntimeError("oops")
        return self

    def check(self, trace):
        return None


@hookimpl
def gmmflow_convergence():
    return {"local.odd": Odd}
'''


@pytest.fixture
def odd(write):
    """Load a config whose only criterion is the plugin's, with these options."""

    def odd(options):
        write(PLUGIN, "odd.py")
        write(
            "data: {type: csv, path: x.csv}\nmodel: {components: 2}\nplugins: {paths: [odd.py]}\n"
            f"fit:\n  convergence:\n    - {{type: local.odd, {options}}}\n"
        )
        return load("fit.yaml").config.fit.convergence[0]

    return odd


@pytest.fixture
def message(write, small):
    """The message for the small config with more lines."""

    def message(more, text=small):
        write(text + more)
        with pytest.raises(InvalidConfig) as caught:
            load("fit.yaml")
        return str(caught.value)

    return message


def test_defaults_are_filled_in(write, small):
    write(small)
    config = load("fit.yaml").config
    assert config.init.type == "kmeans++"
    assert [each.type for each in config.fit.convergence] == ["log_likelihood", "max_iterations"]
    assert config.model.distribution[0].covariance.type == "VVV"
    assert (config.seed, config.fit.restarts, config.transform) == (0, 1, ())


@pytest.mark.parametrize("covariance", ["EEE", "{type: EEE}", "tied", "{type: tied}"])
def test_a_bare_name_is_a_mapping_with_that_type(write, covariance):
    write(
        "data: {type: csv, path: x.csv}\n"
        f"model: {{components: 2, distribution: {{covariance: {covariance}}}}}"
    )
    covariance = load("fit.yaml").config.model.distribution[0].covariance
    assert type(covariance).__name__ == "EEE"


@pytest.mark.parametrize("left_out", ["init:", "fit:", "transform:", "run: null", "plugins: ~"])
def test_null_leaves_a_slot_or_section_out(write, small, left_out):
    write(small)
    plain = load("fit.yaml").config
    write(f"{small}{left_out}\n")
    assert load("fit.yaml").config == plain


def test_options_without_type_are_those_of_the_default(write, small):
    write(f"{small}init: {{sample: 100}}\n")
    init = load("fit.yaml").config.init
    assert (init.type, init.sample) == ("kmeans++", 100)


def test_options_of_every_shape(odd):
    stage = odd("either: [1, 2], on: true, pairs: {a: 1}, inner: {type: local.odd, ratio: 1e-3}")
    assert (stage.either, stage.on, stage.pairs) == ((1, 2), True, {"a": 1})
    assert stage.inner.ratio == 1e-3
    assert odd("inner: ").inner is None


@pytest.mark.parametrize(
    ("options", "path", "words"),
    [
        ("ratio: ^0", "ratio", "must be more than 0, is 0"),
        ("ratio: ^1.5", "ratio", "must be less than 1, is 1.5"),
        ("ratio: ^x", "ratio", "must be a number, is 'x'"),
        ("ratio: ^true", "ratio", "a number is needed here, not true or false, is true"),
        ("ratio:^ ", "ratio", "must be a number, is null"),
        ("on: ^7", "on", "must be true or false, is 7"),
        ("name: ^1e5", "name", "put quotes round it: '1e5'"),
        ("name: ^true", "name", "put quotes round it: 'true'"),
        ("name: ^[a]", "name", 'must be text, is ["a"]'),
        ("few: ^[]", "few", "needs at least 1 entry, has 0"),
        ("few: ^[a, b, c]", "few", "needs at most 2 entries, has 3"),
        ("few: ^a", "few", "must be a list, is 'a'"),
        ("few: [a, ^1]", "few.1", "must be text, is 1"),
        ("pairs: ^[1]", "pairs", "must be a mapping of options, is [1]"),
        ("pairs: {a: ^x}", "pairs.a", "must be a whole number, is 'x'"),
        ("either: ^x", "either", "must be a whole number, is 'x'; or must be a list, is 'x'"),
        ("either: [1, ^x]", "either.1", "must be a whole number, is 'x'"),
        ("inner: ^3", "inner", "must be a stage, is 3"),
        ("inner: ^{ratio: 0.1}", "inner.type", "is missing"),
        ("inner: {type: ^3}", "inner.type", "put quotes round it: '3'"),
        ("inner: {type: local.odd, ^onn: 1}", "inner.onn", "unknown option 'onn'"),
        ("^name: bad, on: true", "", "name 'bad' needs on: false"),
        ("^name: broken", "", "its check raised RuntimeError: oops"),
    ],
)
def test_wrong_options(odd, options, path, words):
    # ^ marks the place that is to be pointed at; at the start, the mapping as a whole.
    column = 8 + len("type: local.odd, ") + options.index("^") if path else 7
    with pytest.raises(InvalidConfig) as caught:
        odd(options.replace("^", ""))
    [problem] = caught.value.problems
    where = f"fit.convergence.0.{path}".rstrip(".")
    assert (problem.path, problem.place.line, problem.place.column) == (where, 6, column)
    assert words in problem.render()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("seeed: 1\n", "fit.yaml:3:1: seeed: unknown option 'seeed'"),
        ("seeed: 1\n", "did you mean 'seed'? allowed: version, seed, data"),
        ("components: 3\n", "^ it belongs under 'model'"),
        ("init: kmeans+\n", "fit.yaml:3:7: init: no initializer is called 'kmeans+'"),
        ("init: kmeans+\n", "did you mean 'kmeans++'?"),
        ("init: soft\n", "slot fit.e_step"),
        ("init: [kmeans]\n", 'init: must be a stage, is ["kmeans"]'),
        ("report: json\n", "report: a list of stages is needed here"),
        ("report: json\n", "^ write [json]"),
        ("fit: soft\n", "fit: must be a mapping of options, is 'soft'"),
        ("fit: {m_step: {update: [rate]}}\n", "fit.m_step: does not fit model.distribution: "),
        ("version: 2\n", "fit.yaml:3:10: version: must be 1, is 2"),
        ("seed: -1\n", "seed: must be at least 0, is -1"),
        ("output: 5\n", "^ put quotes round it: '5'"),
        (
            "run: {type: threads, memory: 4 potatoes}\n",
            "must be a size such as 4GiB, is '4 potatoes'",
        ),
        ("fit: {on_limit: wrn}\n", "must be 'warn' or 'fail', is 'wrn'"),
        ("fit: {on_limit: wrn}\n", "^ did you mean 'warn'?"),
        ("plugins: {require: [gmmflow-none]}\n", "fit.yaml:3:21: plugins.require.0: "),
        ("plugins: {paths: [none.py]}\ninit: local.x\n", "1 problem in fit.yaml"),
    ],
)
def test_wrong_configs(message, more, words):
    assert words in message(more)


def test_what_must_be_filled_in(message):
    text = message("", text="seed: 1\n")
    assert "fit.yaml:1:1: data.type: is missing" in text
    assert "allowed: builtin, csv, hdf5, npy, parquet, synthetic, zarr" in text
    assert "fit.yaml:1:1: model.components: is missing" in text
    assert "2 problems in fit.yaml; nothing was run." in text


def test_all_problems_are_found_at_once(message):
    text = message(
        "seed: 012\ninit: kmeans+\nfit:\n  restarts: two\n  on_limt: warn\n"
        "report: [console, {typ: html}]\noutput: 1\nrun: {type: thread}\n"
    )
    for path in ("init", "fit.restarts", "fit.on_limt", "report.1.type", "output", "run"):
        assert f" {path}: " in text
    assert "012 starts with a zero" in text
    assert "7 problems" in text


def test_a_flag_is_pointed_at(write, small):
    write(small)
    with pytest.raises(InvalidConfig) as caught:
        load("fit.yaml", ["model.components=0"])
    assert str(caught.value) == (
        "--set: model.components: must be at least 1, is 0\n"
        " --set | model.components=0\n"
        "       |                  ^\n"
        "1 problem in fit.yaml; nothing was run."
    )


def test_what_a_section_lacks_is_missing_in_the_file(write):
    write("model: {components: 2}\ndata: {type: csv}\n")
    with pytest.raises(InvalidConfig, match=r"^fit\.yaml:2:7: data\.path: is missing"):
        load("fit.yaml", ["data.missing=drop", "seed=3"])
    with pytest.raises(InvalidConfig, match=r"^--set: data\.path: is missing"):
        load("fit.yaml", ["data.type=npy"])


def test_options_that_an_absent_base_may_have_given_are_not_missed(write):
    write("extends: nosuch.yaml\nseed: x\n")
    with pytest.raises(InvalidConfig) as caught:
        load("fit.yaml")
    assert "there is no file 'nosuch.yaml'" in str(caught.value)
    assert "seed: must be a whole number" in str(caught.value)
    assert "is missing" not in str(caught.value)


def test_a_problem_of_a_base_names_the_base(write, small):
    write("init: {type: kmeans++, sampel: 3}\n", "base.yaml")
    write(f"extends: base.yaml\n{small}")
    with pytest.raises(InvalidConfig, match=r"^base\.yaml:1:24: init\.sampel: unknown option"):
        load("fit.yaml")
