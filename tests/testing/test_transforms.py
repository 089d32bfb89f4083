"""Each law of transforms is broken by some stage, and the kit notices."""

import re
from dataclasses import dataclass, replace
from threading import Lock
from typing import Literal

import numpy as np
import pytest

from gmmflow import Transform
from gmmflow.testing import check_stage, transforms
from gmmflow.testing.law import laws_in
from gmmflow.transforms.base import Affine, Fitted


@dataclass(frozen=True)
class Doubled(Fitted):
    """Twice the rows; the fields say what is wrong with it."""

    factor: float = 2.0
    held: object = None
    wrong: str = ""

    def names(self, names):
        return tuple(names[:1] * len(names)) if self.wrong == "names" else names

    def apply(self, rows):
        if self.wrong == "rows" and len(rows):
            return self.factor * rows + rows.mean(axis=0)
        if self.wrong == "inputs":
            rows *= 1.0 + 1e-9
        return (self.factor * rows).astype(rows.dtype)

    def moments(self, moments):
        scatter = moments.scatter * (2.0 if self.wrong == "moments" else 4.0)
        return replace(
            moments, mean=2.0 * moments.mean, scatter=scatter,
            low=2.0 * moments.low, high=2.0 * moments.high,
        )  # fmt: skip

    def log_abs_det(self):
        return np.log(2.0) if self.wrong == "jacobian" else 2.0 * np.log(2.0)

    def affine(self):
        shift = 1.0 if self.wrong == "affine" else 0.0
        return Affine(np.arange(2), np.full(2, self.factor), np.full(2, shift))

    def arrays(self):
        return {"factor": np.array(self.factor)}


def transform(wrong="", held=None):
    """A transform that doubles the rows, and something is wrong with it."""

    class Double(Transform):
        """Twice the rows."""

        type: Literal["local.double"] = "local.double"

        def fit(self, names, moments):
            return Doubled(wrong=wrong, held=held)

        def restore(self, arrays):
            factor = 3.0 if wrong == "restored" else float(arrays["factor"])
            return Doubled(factor, wrong=wrong)

    return Double


CASES = [
    ("rows are transformed one by one", "rows", "blocks of 37"),
    ("names, type and number of columns fit each other", "names", "there twice"),
    ("rows and moments stay as they are", "inputs", "rows after apply"),
    ("moments after the transform are those of the transformed rows", "moments", "moments.scatter"),
    ("log_abs_det is the log of the Jacobian determinant", "jacobian", "log_abs_det"),
    ("affine says what apply does", "affine", "scale"),
    ("what was learned comes back from the model file", "restored", "restored transform"),
]
TRAVELS = "fitted transforms travel to other processes"


@pytest.mark.parametrize(("law", "wrong", "text"), CASES, ids=[law for law, *_ in CASES])
def test_a_broken_law_is_noticed(failures, law, wrong, text):
    found = failures(transform(wrong))
    assert law in found, found
    assert re.search(text, found[law]), found[law]


def test_one_that_cannot_travel_is_noticed(failures):
    assert "cannot pickle" in failures(transform(held=Lock()))[TRAVELS]


def test_every_law_is_broken_somewhere():
    assert {law for law, *_ in CASES} | {TRAVELS} == {law.name for law in laws_in(transforms)}


def test_a_lawful_transform_passes_all():
    assert {each.status for each in check_stage(transform()) if "import" not in each.name} == {
        "passed"
    }
