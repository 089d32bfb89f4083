from pathlib import Path

import pytest

from gmmflow.config.layers import layered
from gmmflow.config.problems import InvalidConfig
from gmmflow.errors import InputMissing, PermissionRefused


def values(name, *flags):
    problems = []
    node = layered(Path(name) if isinstance(name, str) else name, flags, problems)
    assert problems == []
    return node.plain()


def problem(name, *flags):
    problems = []
    layered(Path(name), flags, problems)
    [only] = problems
    return only


def test_layers_lie_on_each_other(write):
    write("a: 1\nb: 1\nc: 1\nd: 1\n", "base/one.yaml")
    write("b: 2\nc: 2\nd: 2\n", "base/two.yaml")
    write("extends: [base/one.yaml, base/two.yaml]\nc: 3\nd: 3\n")
    assert values("fit.yaml", "d=4", "d=5") == {"a": 1, "b": 2, "c": 3, "d": 5}


def test_extends_starts_in_the_folder_of_the_file_that_says_it(write):
    write("a: 1\n", "base/deep/one.yaml")
    write("extends: deep/one.yaml\n", "base/two.yaml")
    write("extends: base/two.yaml\n")
    assert values("fit.yaml") == {"a": 1}


def test_two_files_may_have_the_same_base(write):
    write("a: 1\nb: 1\n", "base.yaml")
    write("extends: base.yaml\nb: 2\n", "left.yaml")
    write("extends: base.yaml\n", "right.yaml")
    write("extends: [right.yaml, left.yaml]\n")
    assert values("fit.yaml") == {"a": 1, "b": 2}


def test_a_circle_is_refused(write):
    write("extends: fit.yaml\n", "base.yaml")
    write("a: 1\nextends: base.yaml\n")
    found = problem("fit.yaml")
    assert str(found.place) == "base.yaml:1:10"
    assert found.message == "'fit.yaml' extends itself"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("none.yaml", "there is no file 'none.yaml'"),
        ('"a\\0b"', "'a\0b' cannot be looked up: embedded null byte"),
        ("x" * 300, f"'{'x' * 56}... cannot be looked up: "),
        ("3", "the path of a config is needed here, or a list of paths"),
        ("list.yaml", "'list.yaml' is no mapping of options"),
    ],
)
def test_a_base_that_cannot_be_one(write, entry, message):
    write("- 1\n", "list.yaml")
    write(f"extends: {entry}\na: 1\n")
    found = problem("fit.yaml")
    assert found.path == "extends"
    assert found.message.startswith(message)


def test_the_environment_reaches_strings_of_all_layers(write, monkeypatch):
    monkeypatch.setenv("NAME", "base")
    write("a: ${ENV:NAME}\n", "base.yaml")
    write("extends: ${ENV:NAME}.yaml\n")
    assert values("fit.yaml", "b=${ENV:NAME:-x}") == {"a": "base", "b": "base"}


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("a=1e-6", 1e-6),
        ("a=no", "no"),
        ("a=", None),
        ("a=x=y", "x=y"),
        ("a=[1, {b: c}]", [1, {"b": "c"}]),
    ],
)
def test_flags_hold_yaml(write, flag, value):
    write("a: 0\n")
    assert values("fit.yaml", flag) == {"a": value}


@pytest.mark.parametrize("flag", ["a", "=1", "a..b=1", ".a=1"])
def test_flags_of_another_form(write, flag):
    write("a: 0\n")
    assert problem("fit.yaml", flag).message == f"'{flag}' is not of the form a.b=value"


def test_yaml_errors_of_a_flag_point_into_it(write):
    write("a: 0\n")
    with pytest.raises(InvalidConfig) as caught:
        layered(Path("fit.yaml"), ["a.b=x: y: z"], [])
    assert "--set | a.b=x: y: z\n       |         ^ " in str(caught.value)


def test_a_flag_for_an_entry_that_is_not_there(write):
    write("report: [console]\n")
    assert "'4' is no entry of this list" in problem("fit.yaml", "report.4=html").message


def test_a_mapping_from_python():
    import numpy as np

    given = {"a": np.array([[1.0]]), "b": np.float64(2), "c": Path("x"), "d": (1,), 5: None}
    assert values(given, "e=3") == {"a": [[1.0]], "b": 2.0, "c": "x", "d": [1], "5": None, "e": 3}


def test_a_mapping_that_contains_itself():
    given = {}
    given["a"] = given
    with pytest.raises(InvalidConfig, match="or it contains itself"):
        values(given)


def test_files_that_cannot_be_read(write, tmp_path):
    write("a: 1\n")
    with pytest.raises(InputMissing, match=r"none\.yaml: there is no such config"):
        values("none.yaml")
    with pytest.raises(InputMissing, match="there is no such config"):
        values("fit.yaml/none.yaml")
    with pytest.raises(InputMissing, match="is a folder"):
        values(str(tmp_path))


def test_bytes_that_are_no_text(write, tmp_path):
    (tmp_path / "fit.yaml").write_bytes(b"a: \xff\n")
    write("b: 1\n", "other.yaml")
    with pytest.raises(InvalidConfig, match="not UTF-8 text: byte 3 is 0xff"):
        values("fit.yaml")


def test_a_file_that_is_too_large(write):
    write("# " + "x" * (1 << 20))
    with pytest.raises(InvalidConfig, match="larger than 1 MiB"):
        values("fit.yaml")


def test_a_byte_order_mark_is_no_part_of_the_first_key(write):
    write("\ufeffa: 1\n")
    assert values("fit.yaml") == {"a": 1}


def test_a_file_without_permission(write, monkeypatch):
    write("a: 1\n")

    def refuse(*_, **__):  # root, who runs the tests in containers, may read everything
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PermissionRefused, match=r"fit\.yaml: no permission to read it"):
        values("fit.yaml")
