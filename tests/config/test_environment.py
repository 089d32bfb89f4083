import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.config.environment import escape, substitute
from gmmflow.config.node import Node, Place, Source

PLACE = Place(Source("fit.yaml"), 1, 1)


def substituted(text, **environ):
    problems = []
    node = substitute(Node([Node({"k": Node(text, PLACE)}, PLACE)], PLACE), environ, problems)
    return node.plain()[0]["k"], problems


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${ENV:A}/x", "one/x"),
        ("${ENV:A}${ENV:B}", "onetwo"),
        ("${ENV:NONE:-there}", "there"),
        ("${ENV:NONE:-}", ""),
        ("${ENV:EMPTY:-there}", "there"),
        ("${ENV:EMPTY}", ""),
        ("$${ENV:A}", "${ENV:A}"),
        ("${A} $A", "${A} $A"),
    ],
)
def test_replacement(text, value):
    assert substituted(text, A="one", B="two", EMPTY="") == (value, [])


def test_what_a_variable_holds_is_text_and_is_not_replaced_again():
    assert substituted("${ENV:A}", A="{b: ${ENV:A}}") == ("{b: ${ENV:A}}", [])


def test_a_variable_that_is_not_set():
    _, [problem] = substituted("${ENV:DATA}/x")
    assert problem.message == "the environment variable DATA is not set"
    assert problem.hint == "set it, or write ${ENV:DATA:-default}"


@pytest.mark.parametrize("text", ["${ENV:", "${ENV:}", "${ENV:1x}", "${ENV:A"])
def test_a_use_that_is_not_finished(text):
    _, [problem] = substituted(text, A="x")
    assert "without a name and '}'" in problem.message


@given(st.text() | st.lists(st.sampled_from(["$", "${ENV:", "A}", "x"])).map("".join))
def test_escaped_text_comes_back(text):
    assert substituted(escape(text), A="one") == (text, [])
