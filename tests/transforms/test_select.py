import numpy as np
import pytest
from pydantic import ValidationError

from gmmflow.em.frame import Frame
from gmmflow.errors import DataError
from gmmflow.transforms.select import Select
from gmmflow.transforms.standardize import Standardize
from gmmflow.values.moments import measure

NAMES = ("a", "b", "c")
ROWS = np.random.default_rng(0).normal(size=(50, 3)) * [1, 10, 100] + 7


def test_columns_by_name_in_the_order_given():
    fitted = Select(columns=["c", "a"]).fit(NAMES, measure(ROWS))
    np.testing.assert_array_equal(fitted.apply(ROWS), ROWS[:, [2, 0]])
    assert fitted.names(NAMES) == ("c", "a")
    moments, direct = fitted.moments(measure(ROWS)), measure(ROWS[:, [2, 0]])
    for name in ("mean", "scatter", "low", "high"):
        np.testing.assert_array_equal(getattr(moments, name), getattr(direct, name))
    assert fitted.apply(ROWS.astype("f4")).dtype == np.float32


def test_jacobian_only_where_no_column_is_left_out():
    assert Select(columns=["c", "a", "b"]).fit(NAMES, measure(ROWS)).log_abs_det() == 0
    assert Select(columns=["c"]).fit(NAMES, measure(ROWS)).log_abs_det() is None


def test_restored_from_its_arrays():
    select = Select(columns=["c", "a"])
    fitted = select.fit(NAMES, measure(ROWS))
    again = select.restore(fitted.arrays())
    np.testing.assert_array_equal(again.apply(ROWS), fitted.apply(ROWS))
    assert again.names(NAMES) == fitted.names(NAMES)
    assert again.log_abs_det() == fitted.log_abs_det()


@pytest.mark.parametrize("order", [["standardize", "select"], ["select", "standardize"]])
def test_chain_leads_back_to_data_units_in_either_order(order):
    names, moments, rows, chain = NAMES, measure(ROWS), ROWS, []
    for step in order:
        stage = Standardize() if step == "standardize" else Select(columns=["c", "a"])
        chain.append(stage.fit(names, moments))
        rows = chain[-1].apply(rows)
        names, moments = chain[-1].names(names), chain[-1].moments(moments)
    frame = Frame(tuple(chain), moments.mean)
    assert names == ("c", "a")
    np.testing.assert_allclose(frame.to_data(rows), ROWS[:, [2, 0]])
    assert frame.log_abs_det == pytest.approx(-np.log(ROWS[:, [2, 0]].std(axis=0)).sum())


def test_unknown_column_names_the_nearest():
    with pytest.raises(DataError, match=r"select: there is no column 'bb'\n.*did you mean 'b'"):
        Select(columns=["bb"]).fit(NAMES, measure(ROWS))


def test_wrong_options():
    with pytest.raises(ValidationError, match="column 'a' is named twice"):
        Select(columns=["a", "a"])
    with pytest.raises(ValidationError, match="at least 1 item"):
        Select(columns=[])
