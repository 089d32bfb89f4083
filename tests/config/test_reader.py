import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.config.node import Source
from gmmflow.config.problems import InvalidConfig
from gmmflow.config.reader import MAX_NODES, read


def refused(text: str) -> str:
    """The message for a text that cannot be read, or that reads with problems."""
    source = Source("fit.yaml", tuple(text.split("\n")))
    problems = []
    try:
        read(text, source, problems)
    except InvalidConfig as error:
        return str(error)
    assert problems, "the text is fine"
    return str(InvalidConfig(problems, "fit.yaml"))


def test_values_and_places(parse):
    node = parse("model:\n  components: 3\n  names: [a, 'no']\n")
    assert node.plain() == {"model": {"components": 3, "names": ["a", "no"]}}
    assert str(node.deepest(("model", "components")).place) == "fit.yaml:2:15"
    assert str(node.deepest(("model", "components")).key) == "fit.yaml:2:3"
    assert str(node.deepest(("model", "names", 1)).place) == "fit.yaml:3:14"


def test_quoted_scalars_are_text(parse):
    text = "a: '1'\nb: \"null\"\nc: |\n  1\nd: ''"
    assert parse(text).plain() == {"a": "1", "b": "null", "c": "1\n", "d": ""}


def test_keys_are_names_as_written(parse):
    assert parse("{1: a, true: b}").plain() == {"1": "a", "true": "b"}


def test_aliases_repeat_values(parse):
    assert parse("a: &x {k: [1]}\nb: *x").plain() == {"a": {"k": [1]}, "b": {"k": [1]}}


def test_empty_text_is_null(parse):
    assert parse("# nothing\n").plain() is None


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: 1\na: 2", "2:1", "'a' is here a second time"),
        ("a: {b: 1, b: 1}", "1:11", "'b' is here a second time"),
        ("a: 012", "1:4", "012 starts with a zero"),
        ("a: !!str 5", "1:4", "the tag 'tag:yaml.org,2002:str' is not allowed"),
        ("a: !!python/object:os.system x", "1:4", "is not allowed"),
        ("[a]: 1", "1:1", "a key must be a name"),
        ("a: [", "1:5", "not YAML: "),
        ("a:\n\tb: 1", "2:1", "indent with spaces, not with tabs"),
        ("a: b: c", "1:5", "quotes round it"),
        ("a: 'x", "1:6", "a quote is not closed"),
        ("a: *x", "1:4", "no anchor &x stands above *x"),
        ("a: &x [*x]", "1:8", "the alias *x contains itself"),
        ("a: 1\n---\nb: 1", "2:1", "a second document starts here"),
        ("a: \x07", "1:4", "the character '\\x07' is not allowed"),
        ('a: "\\U00110000"', "1:1", "an escape in quotes is no character"),
    ],
)
def test_refusals_point_at_the_place(text, place, words):
    message = refused(text)
    assert message.startswith(f"fit.yaml:{place}: ")
    assert words in message
    assert message.endswith("1 problem in fit.yaml; nothing was run.")


def test_several_problems_of_one_text_are_listed_together():
    message = refused("a: 012\na: 1\nb: !x 1\n")
    assert "012" in message
    assert "second time" in message
    assert "tag" in message
    assert "3 problems" in message


def test_alias_bomb_is_refused_before_it_is_walked():
    levels = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 12)]
    message = refused("l0: &l0 [x, x, x]\n" + "\n".join(levels))
    assert f"more than {MAX_NODES} values" in message


def test_depth_is_limited():
    assert "nested deeper than 50 levels" in refused("[" * 60 + "]" * 60)


def test_number_of_values_is_limited():
    assert f"more than {MAX_NODES} values" in refused("- 1\n" * (MAX_NODES + 1))


def test_safe_loader_stays_as_it_is():
    assert yaml.safe_load("[no, 1e-6, 012]") == [False, "1e-6", 10]


def test_flags_shift_columns():
    source = Source("--set", ("a.b=[1",))
    with pytest.raises(InvalidConfig) as caught:
        read("[1", source, [], offset=4)
    assert caught.value.problems[0].place.column == 7


SYMBOLS = [*"-:?,[]{}#&*!|>'\"%@`\n \t\\~<=.019eExXab\x85\u2028\ufeff\x00\ud800"]
PIECES = ["- ", "key: ", "*a", "&a ", "---\n", "...\n", "%YAML 1.1\n", "!!str ", "|2\n", ">-\n"]
TEXTS = st.lists(st.sampled_from(SYMBOLS + PIECES), max_size=40).map("".join)


@given(st.text() | TEXTS)
def test_any_text_gives_values_or_a_config_error(text):
    try:
        node = read(text, Source("fit.yaml", tuple(text.split("\n"))), [])
    except InvalidConfig as error:
        message = str(error)
    else:
        message = "nothing was run"
        assert len(list(node.walk())) <= MAX_NODES
    assert "nothing was run" in message
