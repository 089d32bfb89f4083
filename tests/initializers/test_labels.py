"""labels: the supervised start."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest

from gmmflow.distributions.gaussian import Gaussian
from gmmflow.errors import DataError
from gmmflow.initializers.labels import Labels

Context = Callable[..., object]
ROWS = np.arange(10.0).reshape(5, 2)
CODES = np.array([1, 0, -1, 2, 1], np.int32)


@pytest.mark.parametrize("cuts", [(), (2,), (1, 3, 3)])
def test_responsibility_one_for_the_class_and_none_without_a_label(
    cuts: tuple[int, ...], context: Context, resp: Callable[..., np.ndarray], gaussian: Gaussian
) -> None:
    rule = Labels().start(3, gaussian, context(ROWS, label_names=("a", "b", "c")))
    got = resp(pickle.loads(pickle.dumps(rule)), 3, ROWS, cuts, CODES)
    expected = [[0, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 1], [0, 1, 0]]
    np.testing.assert_array_equal(got, expected)


def test_it_is_deterministic_and_keeps_the_order() -> None:
    assert Labels.deterministic
    assert Labels.ordered


def test_other_numbers_of_classes_are_refused(context: Context, gaussian: Gaussian) -> None:
    known = context(ROWS, label_names=("setosa", "virginica"))
    with pytest.raises(
        DataError,
        match=r"model.components is 3, and the labels name 2 classes \(setosa, virginica\)",
    ) as info:
        Labels().start(3, gaussian, known)
    assert info.value.remedy.startswith("set model.components to 2")


def test_many_classes_are_not_all_listed(context: Context, gaussian: Gaussian) -> None:
    known = context(ROWS, label_names=tuple(f"c{i}" for i in range(40)))
    with pytest.raises(DataError, match=r"40 classes \(c0, .*, c9, \.\.\.\)"):
        Labels().start(3, gaussian, known)


def test_data_without_labels_are_refused(context: Context, gaussian: Gaussian) -> None:
    with pytest.raises(DataError, match="the data have no labels") as info:
        Labels().start(3, gaussian, context(ROWS))
    assert "data.labels" in info.value.remedy
