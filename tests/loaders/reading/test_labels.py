import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.errors import DataError
from gmmflow.loaders.reading.labels import encode, name_of, order


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (1.0, "1"), (np.float32(2.5), "2.5"), (3, "3"), (True, "true"), (np.False_, "false"),
        ("1.0", "1.0"), ("", None), (None, None), (float("nan"), None),
    ],
)  # fmt: skip
def test_names(value, name):
    assert name_of(value) == name


def test_order_is_by_number_or_else_by_text():
    assert order(["10", "9", "-1"], "t") == ("-1", "9", "10")
    assert order(["b", "10", "9"], "t") == ("10", "9", "b")


@given(st.lists(st.one_of(st.none(), st.sampled_from("abc"), st.integers(0, 3)), min_size=1))
def test_codes_give_the_names_back(values):
    names = {name for v in values if (name := name_of(v)) is not None}
    if not names:
        with pytest.raises(DataError, match="t: no row has a label"):
            order(names, "t")
        return
    classes = order(names, "t")
    codes = encode(values, np.arange(len(values)), classes)
    assert codes.dtype == np.int32
    assert [None if c < 0 else classes[c] for c in codes] == [name_of(v) for v in values]
