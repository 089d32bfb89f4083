"""Each law of initializers is broken by some stage, and the kit notices."""

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pytest

from gmmflow import Initializer
from gmmflow.initializers.random_points import RandomPoints
from gmmflow.initializers.random_resp import RandomResp
from gmmflow.testing import initializers
from gmmflow.testing.law import laws_in
from gmmflow.values.nearest import NearestRule


@dataclass(frozen=True)
class Rule:
    """The nearest seed; the fields say what is wrong with it."""

    nearest: NearestRule
    wrong: str
    held: object = None

    def __call__(self, block, out):
        self.nearest(block, out)
        if self.wrong == "sums":
            out *= 1.5
        elif self.wrong == "block":
            out[:] = np.roll(out, len(block), axis=1) if len(block) % 2 else out[::-1].copy()
        elif self.wrong == "chunks" and block.first_row == 0:
            # The first block of the data is another one for every way to cut them.
            out[:] = 1.0 / len(out)
        elif self.wrong == "rows":
            block.rows[:] *= 1.0 + 1e-9
        elif self.wrong == "empties":
            out[1] += out[0]
            out[0] = 0.0
        elif self.wrong == "crowd" and len(block) < 10:
            out[0] = np.nan


class Points(Initializer):
    """Random rows, and something is wrong with the start."""

    type: Literal["local.points"] = "local.points"
    by_distribution: ClassVar[bool] = False
    wrong: ClassVar[str] = ""

    def start(self, n_components, distribution, context):
        rows, _ = context.sample(100_000)
        seed = 7 if self.wrong == "same" else [context.seed, context.start]
        rng = np.random if self.wrong == "global" else np.random.default_rng(seed)
        if self.wrong == "unrepeatable":
            rng = np.random.default_rng()
        distinct = np.unique(rows, axis=0)
        order = np.argsort(rng.uniform(size=len(distinct)))[:n_components]
        seeds = distinct[order]
        if self.wrong == "peeks" and distribution.label != "gaussian VVV":
            seeds = seeds[::-1]
        kept = rows if self.wrong == "size" else None
        return Rule(NearestRule(seeds, np.ones(rows.shape[1])), self.wrong, kept)


def points(wrong):
    return type("Changed", (Points,), {"__doc__": Points.__doc__, "wrong": wrong})


CASES = [
    ("the start is a mixture", points("empties"), "degenerate"),
    ("responsibilities sum to 1, or to 0 for rows that take no part", points("sums"), "sums"),
    ("a row's responsibilities do not depend on its block", points("block"), "small blocks"),
    ("chunks do not matter", points("chunks"), "on chunks of"),
    ("the same seed gives the same start", points("unrepeatable"), "a second time"),
    (
        "another restart or seed gives another start, unless it is deterministic",
        points("same"), "5 restarts and another seed",
    ),
    (
        "a start that distributions share does not look at them",
        points("peeks"), "responsibilities for gaussian VII",
    ),
    ("no global random generator is used", points("global"), "global generator"),
    ("rows stay as they are", points("rows"), "rows after the start"),
    ("duplicate rows are no obstacle", points("empties"), "a component has no row"),
    ("as many components as rows", points("crowd"), "not finite"),
    ("nothing of the size of the data is kept, and it travels", points("size"), "ten times as"),
]  # fmt: skip


@pytest.mark.parametrize(("law", "stage", "text"), CASES, ids=[law for law, *_ in CASES])
def test_a_broken_law_is_noticed(failures, law, stage, text):
    found = failures(stage)
    assert law in found, found
    assert re.search(text, found[law]), found[law]


@dataclass(frozen=True)
class Careless:
    """Rows of weight zero get NaN, as if nobody would look."""

    rule: object

    def __call__(self, block, out):
        self.rule(block, out)
        if block.sample_weight is not None:
            out[:, block.sample_weight == 0.0] = np.nan


class CarelessStart(RandomResp):
    """A start that does not look at weights."""

    def start(self, n_components, distribution, context):
        return Careless(super().start(n_components, distribution, context))


def test_rows_of_weight_zero_that_count_are_noticed(failures):
    with np.errstate(invalid="ignore"):
        assert "rows of weight zero take no part" in failures(CarelessStart)


def test_every_law_is_broken_somewhere():
    broken = {law for law, *_ in CASES} | {"rows of weight zero take no part"}
    assert broken == {law.name for law in laws_in(initializers)}


def test_a_lawful_initializer_passes_all(failures):
    assert failures(points("")) == {}


class Fixed(RandomPoints):
    """Says that every restart is the same, and they are not."""

    deterministic: ClassVar[bool] = True


def test_one_that_is_not_as_deterministic_as_it_says_is_noticed(failures):
    law = "another restart or seed gives another start, unless it is deterministic"
    assert "the start of another seed" in failures(Fixed)[law]
