import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.config.layers import from_python
from gmmflow.config.merge import merge, put
from gmmflow.config.node import Place, Source

PLACE = Place(Source("config"))


def merged(below, above):
    return merge(from_python(below, PLACE), from_python(above, PLACE)).plain()


def with_put(root, path, value):
    return put(from_python(root, PLACE), tuple(path.split(".")), from_python(value, PLACE)).plain()


@pytest.mark.parametrize(
    ("below", "above", "result"),
    [
        ({"a": 1, "b": 1}, {"b": 2, "c": 3}, {"a": 1, "b": 2, "c": 3}),
        ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        # The type changes: options of the old stage do not carry over.
        ({"type": "x", "o": 1}, {"type": "y"}, {"type": "y"}),
        ({"type": "x", "o": 1}, {"type": "x", "p": 2}, {"type": "x", "o": 1, "p": 2}),
        ({"type": "x", "o": 1}, {"p": 2}, {"type": "x", "o": 1, "p": 2}),
        # A bare name is a mapping with that type.
        ({"type": "x", "o": 1}, "y", {"type": "y"}),
        ({"type": "x", "o": 1}, "x", {"type": "x", "o": 1}),
        ("x", {"o": 1}, {"type": "x", "o": 1}),
        ("x", {"type": "y"}, {"type": "y"}),
        ("x", "y", "y"),
    ],
)
def test_merge(below, above, result):
    assert merged(below, above) == result


NAMES = st.sampled_from(["type", "a", "b", "c"])
VALUES = st.recursive(
    st.none() | st.integers(0, 3) | st.sampled_from(["x", "y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
TREES = st.dictionaries(NAMES.filter(lambda name: name != "type"), VALUES, max_size=3)


@given(TREES)
def test_the_empty_layer_changes_nothing(tree):
    assert merged(tree, {}) == tree
    assert merged({}, tree) == tree


@given(TREES)
def test_a_layer_on_itself_changes_nothing(tree):
    assert merged(tree, tree) == tree


@given(TREES, TREES)
def test_a_layer_counts_once(below, above):
    once = merged(below, above)
    assert merged(once, above) == once


@given(TREES, TREES)
def test_what_is_above_wins(below, above):
    result = merged(below, above)
    assert result.keys() == below.keys() | above.keys()
    for name, value in above.items():
        if not isinstance(value, dict | str):
            assert result[name] == value


@given(TREES, TREES)
def test_layers_of_different_keys_commute(left, right):
    right = {f"{name}_": value for name, value in right.items()}
    assert merged(left, right) == merged(right, left)


@pytest.mark.parametrize(
    ("root", "path", "value", "result"),
    [
        ({}, "a.b", 1, {"a": {"b": 1}}),
        ({"a": {"b": 1, "c": 2}}, "a.b", 5, {"a": {"b": 5, "c": 2}}),
        ({"a": None}, "a.b", 1, {"a": {"b": 1}}),
        ({"r": [{"type": "x"}, "y"]}, "r.0.o", 1, {"r": [{"type": "x", "o": 1}, "y"]}),
        ({"r": [{"type": "x"}, "y"]}, "r.1.o", 1, {"r": [{"type": "x"}, {"type": "y", "o": 1}]}),
        ({"r": ["x"]}, "r.1", "z", {"r": ["x", "z"]}),
        ({"r": ["x"]}, "r.1.type", "z", {"r": ["x", {"type": "z"}]}),
        ({"r": ["x", "y"]}, "r.0", "z", {"r": ["z", "y"]}),
        ({"r": ["x", "y"]}, "r", [], {"r": []}),
        ({"i": {"type": "x", "o": 1}}, "i.type", "y", {"i": {"type": "y"}}),
        ({"i": "x"}, "i.o", 1, {"i": {"type": "x", "o": 1}}),
    ],
)
def test_put(root, path, value, result):
    assert with_put(root, path, value) == result


@pytest.mark.parametrize(
    ("root", "path", "words"),
    [
        ({"r": ["x"]}, "r.2", "'2' is no entry of this list: write 0 to 0, or 1 for a new one"),
        ({"r": ["x"]}, "r.type", "'type' is no entry of this list"),
        ({}, "r.0", "no list here to take entry 0 of"),
        ({}, "a.r.0.x", "no list here to take entry 0 of"),
        ({"a": 1}, "a.0", "no list here to take entry 0 of"),
    ],
)
def test_put_where_there_is_no_such_entry(root, path, words):
    with pytest.raises(LookupError, match=words):
        with_put(root, path, 1)
