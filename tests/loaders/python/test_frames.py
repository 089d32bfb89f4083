import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from gmmflow.errors import DataError
from gmmflow.loaders.python.frames import matched

FRAME = pd.DataFrame({"b": [1.0], "extra": ["text"], "a": [2.0]})


def test_tables_are_matched_by_name():
    assert list(matched(FRAME, ["a", "b"]).columns) == ["a", "b"]
    table = pa.Table.from_pandas(FRAME)
    assert matched(table, ["a"]).column_names == ["a"]
    with pytest.raises(DataError, match="x: there is no column 'c'"):
        matched(FRAME, ["a", "c"])


def test_arrays_are_matched_by_position():
    x = np.zeros((4, 2))
    assert matched(x, ["a", "b"]) is x
    assert matched([[1, 2]], ["a", "b"]) == [[1, 2]]
    line = np.zeros(4)
    assert matched(line, ["a"]) is line
    with pytest.raises(DataError, match=r"x has 2 columns, and the model has 3\n.*'a', 'b', 'c'"):
        matched(x, ["a", "b", "c"])


def test_columns_without_names_match_a_table_by_position():
    frame = FRAME[["a", "b"]]
    assert matched(frame, ["x0", "x1"]) is frame
    with pytest.raises(DataError, match="x has 3 columns, and the model has 2"):
        matched(FRAME, ["x0", "x1"])
