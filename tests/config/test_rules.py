import pytest

from gmmflow.config import InvalidConfig, load


def test_init_labels_needs_labels(write, small):
    write(f"{small}init: labels\n")
    with pytest.raises(InvalidConfig) as caught:
        load("fit.yaml")
    assert str(caught.value) == (
        "fit.yaml:3:7: init: labels needs known classes, and data.labels names no column\n"
        "     3 | init: labels\n"
        "       |       ^ add labels: COLUMN to data, or name another init\n"
        "1 problem in fit.yaml; nothing was run."
    )
    assert load("fit.yaml", ["data.labels=species"]).config.init.type == "labels"


def test_what_is_updated_must_exist(write, small):
    write(f"{small}fit:\n  m_step: {{update: [rate, means]}}\n")
    with pytest.raises(InvalidConfig) as caught:
        load("fit.yaml")
    [problem] = caught.value.problems
    assert (problem.path, str(problem.place)) == ("fit.m_step", "fit.yaml:4:11")
    assert "does not fit model.distribution: " in problem.message
    assert "rate" in problem.message


def test_a_broken_rule_of_a_default_points_at_what_is_there(write, small):
    write(f"{small}\n")
    with pytest.raises(InvalidConfig, match=r"--set: fit\.m_step: does not fit"):
        load("fit.yaml", ["fit.m_step.update=[rate]"])
