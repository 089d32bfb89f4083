import pytest

from gmmflow.config.node import Place, Source
from gmmflow.config.problems import InvalidConfig, Problem, nearest, show, suggest

SOURCE = Source("fit.yaml", ("model:", "  components: 0"))


def test_a_problem_shows_its_line_and_a_caret():
    problem = Problem(Place(SOURCE, 2, 15), "model.components", "must be at least 1", "try 2")
    assert problem.render() == (
        "fit.yaml:2:15: model.components: must be at least 1\n"
        "     2 |   components: 0\n"
        "       |               ^ try 2"
    )


def test_a_flag_is_its_own_line():
    place = Place(Source("--set", ("model.components=0",)), 1, 18)
    assert Problem(place, "model.components", "must be at least 1").render() == (
        "--set: model.components: must be at least 1\n"
        " --set | model.components=0\n"
        "       |                  ^"
    )


def test_a_value_from_python_has_no_line():
    place = Place(Source("config"))
    assert Problem(place, "seed", "must be 0", "yes").render() == "config: seed: must be 0\n    yes"


def test_problems_are_in_the_order_of_the_text_flags_last():
    flag = Problem(Place(Source("--set", ("a=1",)), 1, 1), "", "flag")
    first, second = Problem(Place(SOURCE, 1, 3), "", "1"), Problem(Place(SOURCE, 2, 1), "", "2")
    assert InvalidConfig([flag, second, first, first], "x").problems == (first, second, flag)


def test_the_last_line_counts():
    one = Problem(Place(SOURCE, 1, 1), "", "bad")
    other = Problem(Place(SOURCE, 1, 1), "", "worse")
    assert str(InvalidConfig([one], "f")).endswith("\n1 problem in f; nothing was run.")
    assert str(InvalidConfig([one, other], "f")).endswith("\n2 problems in f; nothing was run.")


def test_a_long_listing_is_cut():
    problems = [Problem(Place(SOURCE, 1, i), "", "bad") for i in range(1, 81)]
    assert "\n... and 30 more\n80 problems" in str(InvalidConfig(problems, "f"))


def test_escape_sequences_do_not_reach_the_terminal():
    place = Place(Source("f", ("a: \x1b[31mred",)), 1, 4)
    text = Problem(place, "a", "bad \x1b[2J", "\x1b[0m").render()
    assert "\x1b" not in text


def test_a_long_line_is_cut_around_the_caret():
    place = Place(Source("f", ("x" * 500 + "HERE" + "y" * 500,)), 1, 501)
    line, caret = Problem(place, "a", "bad").render().splitlines()[1:]
    assert len(line) < 120
    assert line[caret.index("^")] == "H"


@pytest.mark.parametrize(
    ("name", "near"),
    [("kmeans+", "kmeans++"), ("tol", "tolerance"), ("vvv", "VVV"), ("zzz", ""), ("", ""), (3, "")],
)
def test_nearest(name, near):
    assert nearest(name, ["kmeans++", "tolerance", "VVV"]) == near


def test_suggest():
    assert suggest("tolerence", ["tolerance"]) == "did you mean 'tolerance'? allowed: tolerance"
    assert suggest("x", []) == "there are no options"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        ("a", "'a'"),
        ([1, "b"], '[1, "b"]'),
        ("x" * 99, "'" + "x" * 56 + "..."),
    ],
)
def test_values_are_shown_as_in_yaml(value, text):
    assert show(value) == text
