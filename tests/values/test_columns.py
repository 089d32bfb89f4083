import pytest

from gmmflow.errors import DataError
from gmmflow.values.columns import listing, positions


def test_positions():
    assert positions(["c", "a"], ["a", "b", "c"], "t") == (2, 0)
    assert positions([], ["a"], "t") == ()


def test_unknown_names():
    with pytest.raises(DataError, match=r"t.csv: there is no column 'waitin'\n.*mean 'waiting'\?"):
        positions(["waitin"], ["eruptions", "waiting"], "t.csv")
    with pytest.raises(DataError, match=r"no column 'q'\n  the columns are 'eruptions', 'waiting'"):
        positions(["q"], ["eruptions", "waiting"], "t.csv")


def test_long_lists_are_cut():
    assert listing([str(i) for i in range(30)]).endswith("'19', ... (30 in all)")
