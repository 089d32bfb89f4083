"""Configs that name several models: every form, every mistake with its place, and what is shown."""

import pytest
import yaml

from gmmflow.config import InvalidConfig, dump_yaml, load
from gmmflow.config.candidates import MAX_NUMBERS, component_numbers
from gmmflow.covariances.nesting import FAMILIES

HEAD = "data: {type: csv, path: x.csv}\n"


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("3", (3,)), ("[3]", (3,)), ("[4, 2, 3]", (4, 2, 3)), ("{from: 1, to: 4}", (1, 2, 3, 4)),
        ("{to: 5, from: 5}", (5,)), ("2.0", (2,)), ("[2, 3.0]", (2, 3)),
    ],
)  # fmt: skip
def test_numbers_of_components(write, written, numbers):
    config = load(write(f"{HEAD}model: {{components: {written}}}\n")).config
    assert config.model.components == numbers
    shown = config.model_dump(mode="json")["model"]["components"]
    assert shown == (numbers[0] if len(numbers) == 1 else list(numbers))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0", "must be at least 1, is 0"),
        ("[2, 0]", r"must be at least 1, is \[2, 0\]"),
        ("[]", r"must be 1 to 1,000 numbers, is \[\]"),
        ("[2, 2]", r"must be different numbers, is \[2, 2\]"),
        ("true", "must be a whole number, is true"),
        ("'3'", "must be a whole number, is '3'"),
        ("[2, x]", r"must be a whole number, is \[2, \"x\"\]"),
        ("2.5", "must be a whole number, is 2.5"),
        ("all", "must be a whole number, is 'all'"),
        ("200000", "must be at most 100000, is 200000"),
        ("{from: 3, to: 1}", "`to` must be at least `from`"),
        ("{from: 1}", r"must be a number, a list of numbers, or {from: 1, to: 9}"),
        ("{from: 1, to: 9, by: 2}", r"must be a number, a list of numbers, or {from: 1, to: 9}"),
        ("{from: 1, to: 2000}", "must be at most 1,000 numbers"),
    ],
)
def test_other_numbers_are_refused_at_their_place(write, written, said):
    with pytest.raises(InvalidConfig, match=rf"fit.yaml:2:21: model.components: {said}"):
        load(write(f"{HEAD}model: {{components: {written}}}\n"))


def test_as_many_numbers_as_are_allowed():
    assert len(component_numbers({"from": 1, "to": MAX_NUMBERS})) == MAX_NUMBERS


def labels(write, distribution, components="2"):
    text = f"{HEAD}model: {{components: {components}, distribution: {distribution}}}\n"
    return [each.label for each in load(write(text)).config.model.distribution]


@pytest.mark.parametrize(
    ("written", "families"),
    [
        ("gaussian", ["VVV"]),
        ("[gaussian]", ["VVV"]),
        ("{type: gaussian, covariance: [EEE, VVI]}", ["EEE", "VVI"]),
        ("[{type: gaussian, covariance: EEE}, gaussian]", ["EEE", "VVV"]),
        ("[{type: gaussian, covariance: [EEE, tied]}, gaussian]", ["EEE", "tied", "VVV"]),
        ("{covariance: [{type: EEE, floor: 1e-6}, VII]}", ["EEE", "VII"]),
        ("{type: gaussian, covariance: [{type: VVV, floor: 1e-3}, VVV]}", ["VVV", "VVV"]),
    ],
)
def test_lists_of_distributions_and_of_their_options(write, written, families):
    assert labels(write, written) == [f"gaussian {family}" for family in families]


def test_all_is_every_family_once_from_the_smallest_to_the_largest(write):
    found = [each.removeprefix("gaussian ") for each in labels(write, "{covariance: all}")]
    assert set(found) == set(FAMILIES)
    assert len(found) == 14
    order = ["EII", "VII", "EEI", "VEI", "EVI", "VVI", "EEE", "VEE", "EVE", "VVE", "EEV", "VEV"]
    assert found == [*order, "EVV", "VVV"]


def test_all_with_options_gives_them_to_each(write):
    text = (
        f"{HEAD}model: {{components: 2, distribution: {{covariance: {{type: all, floor: 0.5}}}}}}"
    )
    config = load(write(text)).config
    assert {each.covariance.floor for each in config.model.distribution} == {0.5}


def test_a_strangers_family_is_one_of_all_unless_it_needs_options(write, small):
    write(
        """
from typing import Literal
from gmmflow import hookimpl
from gmmflow.covariances.base import Covariance
from gmmflow.stage import Field

class Mine(Covariance):
    '''Mine.'''
    type: Literal["local.mine"] = "local.mine"
    def maximize(self, n, scatter, d, previous):
        raise NotImplementedError
    def n_free(self, k, d):
        return 1

class Needy(Mine):
    '''Needs.'''
    type: Literal["local.needy"] = "local.needy"
    much: int = Field(description="How much.")

@hookimpl
def gmmflow_covariances():
    return {"local.mine": Mine, "local.needy": Needy}
""",
        "mine.py",
    )
    model = "model: {components: 2, distribution: {covariance: all}}\n"
    config = load(write(f"{HEAD}plugins: {{paths: [mine.py]}}\n{model}")).config
    found = [each.label for each in config.model.distribution]
    assert len(found) == 15
    assert found[-1] == "gaussian local.mine"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{covariance: [VVV, VVX]}", r"fit.yaml:2:57: .*covariance: no covariance family is"),
        ("{covariance: {type: all, flor: 1}}", "fit.yaml:2:63: .*covariance.flor: unknown option"),
        ("{covariance: []}", r"model.distribution.covariance: must be a stage, is \[\]"),
        ("[]", r"fit.yaml:2:38: model.distribution: must be a stage, is \[\]"),
        ("[gaussian, gaus]", "fit.yaml:2:49: .*.1: no distribution is called 'gaus'"),
        ("all", "no distribution is called 'all'"),
        ("[gaussian, {covariance: [EEE, VVV]}]", "the distribution gaussian VVV is named twice"),
    ],
)  # fmt: skip
def test_mistakes_in_lists_are_told_where_they_stand(write, written, said):
    with pytest.raises(InvalidConfig, match=said) as caught:
        labels(write, written)
    assert len(caught.value.problems) == 1, "an option that several share is wrong once"


def test_what_is_shown_reads_as_the_same_config_and_knows_where_it_is_from(write):
    text = (
        f"{HEAD}model:\n  components: {{from: 1, to: 3}}\n  distribution:\n"
        "    - {type: gaussian, covariance: [EEE,\n                                   VVV]}\n"
        "    - {type: gaussian, covariance: VII}\nselect: {criterion: aic}\n"
    )
    loaded = load(write(text))
    again = load(write(dump_yaml(loaded.resolved), "again.yaml"))
    assert again.config == loaded.config
    assert loaded.origins["model.components"] == "fit.yaml:3:15"
    assert loaded.origins["model.distribution.0.covariance.type"] == "fit.yaml:5:37"
    assert loaded.origins["model.distribution.1.covariance.type"] == "fit.yaml:6:36"
    assert loaded.origins["model.distribution.1.type"] == "fit.yaml:5:14"
    assert loaded.origins["model.distribution.2.covariance.type"] == "fit.yaml:7:36"
    assert loaded.origins["select.criterion"] == "fit.yaml:8:21"
    assert loaded.origins["select.fraction"] == "default"


def test_one_model_is_shown_as_it_was_before_there_were_lists(write, small):
    shown = yaml.safe_load(dump_yaml(load(write(small)).resolved))["model"]
    assert shown["components"] == 2
    assert shown["distribution"]["type"] == "gaussian"
    assert shown["distribution"]["covariance"]["type"] == "VVV"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("select: {criterion: bix}", "select.criterion: must be 'bic', 'aic', 'icl' or 'held_out'"),
        ("select: bic", "select: must be a mapping of options, is 'bic'"),
        ("select: {fraction: 1}", "select.fraction: must be less than 1, is 1"),
        (
            "select: {criterion: held_out, fraction: 0}",
            "select.fraction: must be more than 0, is 0",
        ),
        ("selct: {criterion: bic}", "unknown option 'selct'(.|\n)*did you mean 'select'?"),
    ],
)
def test_mistakes_in_select(write, small, written, said):
    with pytest.raises(InvalidConfig, match=said):
        load(write(small + written + "\n"))


def test_flags_may_name_lists(write, small):
    flags = ["model.components=[1,2]", "model.distribution.covariance=all", "select.criterion=icl"]
    config = load(write(small), flags).config
    assert config.model.components == (1, 2)
    assert len(config.model.distribution) == 14
    assert config.select.criterion == "icl"
