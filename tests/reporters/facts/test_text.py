import pytest

from gmmflow.reporters.facts import text


def test_numbers_keep_their_trailing_zeros():
    assert [text.number(v, 5) for v in (0.3559, 54.479, 1.2e-9, 1234567.0)] == [
        "0.35590",
        "54.479",
        "1.2000e-09",
        "1.2346e+06",
    ]
    assert text.number(12345.0, 5) == "12345"
    assert text.number(float("inf"), 5) == "inf"
    assert text.number(0.0, 5) == "0"


def test_a_log_likelihood_has_five_decimals():
    assert text.total(-1130.263960185) == "-1130.26396"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0521, "0.052 s"), (12.34, "12.3 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")],
)
def test_seconds(seconds, words):
    assert text.seconds(seconds) == words


def test_count():
    assert text.count(1, "row") == "1 row"
    assert text.count(12345, "row") == "12,345 rows"


def test_commands_of_a_terminal_are_spelled_out():
    assert text.printable("\x1b[31mred\n") == "\\x1b[31mred\\n"
    assert text.printable("Größe µ") == "Größe µ"


def test_listing_says_how_many_more():
    assert text.listing("abc", 3) == "a, b, c"
    assert text.listing("abcdef", 2) == "a, b and 4 more"
