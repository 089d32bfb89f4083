"""Each law of all stages is broken by some stage, and the kit notices."""

import re
import sys
from threading import Lock
from typing import Any, ClassVar, Literal

import pytest
from pydantic import ConfigDict, field_serializer

from gmmflow.convergence.max_iterations import MaxIterations
from gmmflow.stage import Field
from gmmflow.testing import check_stage, pytest_checks, stages
from gmmflow.testing.law import laws_in


class Undescribed(MaxIterations):
    """Stop after a number of iterations."""

    patience: int = 3


class Nameless(MaxIterations):
    """Stop after a number of iterations."""

    type: str = "nameless"


class Silent(MaxIterations):
    pass


class Tolerant(MaxIterations):
    """Stop after a number of iterations."""

    model_config = ConfigDict(extra="ignore")


class Changeable(MaxIterations):
    """Stop after a number of iterations."""

    model_config = ConfigDict(frozen=False)


class Forgetful(MaxIterations):
    """Stop after a number of iterations."""

    @field_serializer("limit")
    def _limit(self, limit: int) -> int:
        return limit // 2


class Rooted(MaxIterations):
    """Stop after a number of iterations."""

    held: Any = Field(default_factory=Lock, description="What cannot leave the process.")


CASES = [
    ("the class keeps the rules of registration", Nameless, "no Literal"),
    ("the docstring says what the stage does", Silent, "no docstring"),
    ("every option has a description", Undescribed, "'patience' has no description"),
    ("options make a round trip", Forgetful, "came back"),
    ("unknown options are refused", Tolerant, "no_such_option_ was accepted"),
    ("options cannot be changed", Changeable, "type could be set"),
    ("the stage travels to other processes", Rooted, "cannot pickle"),
]


@pytest.mark.parametrize(("law", "stage", "text"), CASES, ids=[law for law, *_ in CASES])
def test_a_broken_law_is_noticed(failures, law, stage, text):
    assert re.search(text, failures(stage)[law])


@pytest.fixture
def heavy_module(tmp_path, monkeypatch):
    """A module that imports scipy at its top."""
    (tmp_path / "heavy_stage.py").write_text(
        "import scipy\n"
        "from gmmflow.convergence.max_iterations import MaxIterations\n"
        "class Heavy(MaxIterations):\n"
        "    '''Stop after a number of iterations.'''\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "heavy_stage"
    sys.modules.pop("heavy_stage", None)


def test_a_heavy_import_is_noticed(failures, heavy_module):
    heavy = __import__(heavy_module).Heavy
    assert "loads scipy" in failures(heavy)["importing the module loads no heavy library"]


def test_every_law_is_broken_somewhere():
    broken = {law for law, *_ in CASES} | {"importing the module loads no heavy library"}
    assert broken == {law.name for law in laws_in(stages)}


class Needy(MaxIterations):
    """Stop after a number of iterations."""

    needed: int = Field(description="It has no default.")


def test_what_cannot_be_built_is_skipped_and_says_what_it_needs():
    results = {each.name: each for each in check_stage(Needy)}
    assert results["options make a round trip"].status == "skipped"
    assert results["options make a round trip"].message == (
        "it cannot be built without options (needed): give options={...}"
    )
    assert results["every option has a description"].status == "passed"


def test_example_options_build_it():
    results = check_stage(Needy, options={"needed": 3})
    assert {each.status for each in results if "import" not in each.name} == {"passed"}


class Broken(MaxIterations):
    """Stop after a number of iterations, or fail."""

    type: Literal["max_iterations"] = "max_iterations"
    kind: ClassVar[str] = "convergence"

    def check(self, trace):
        raise LookupError("nothing here")


def test_what_a_stage_raises_is_shown_with_its_place(failures):
    message = failures(Broken)["a fit at rest is stopped in the end"]
    assert message.startswith("LookupError: nothing here\n")
    assert 'raise LookupError("nothing here")' in message


LAW = "a fit at rest is stopped in the end"


def test_an_expected_failure_counts_as_skipped_with_its_reason():
    results = {each.name: each for each in check_stage(Broken, expected_failures={LAW: "known"})}
    assert results[LAW].status == "skipped"
    assert results[LAW].message == "expected to fail: known"


def test_an_expected_failure_that_does_not_happen_fails():
    results = {each.name: each for each in check_stage(MaxIterations, {LAW: "known"})}
    assert results[LAW].status == "failed"
    assert "take it off the list" in results[LAW].message


def test_an_expected_failure_of_an_unknown_law_is_refused():
    with pytest.raises(ValueError, match=r"no law 'a fit at rest is stoped.*did you mean 'a fit"):
        check_stage(MaxIterations, {"a fit at rest is stoped in the end": "known"})


test_front_end_for_pytest = pytest_checks(MaxIterations)


def test_the_front_end_has_one_case_a_law():
    mark = test_front_end_for_pytest.pytestmark[0]
    assert mark.kwargs["ids"] == [each.name for each in check_stage(MaxIterations)]


@pytest.mark.parametrize(
    ("stage", "expected", "outcome"),
    [
        (Broken, {}, pytest.fail.Exception),
        (Broken, {LAW: "known"}, pytest.xfail.Exception),
        (MaxIterations, {LAW: "known"}, pytest.fail.Exception),
        (Needy, {}, pytest.skip.Exception),
    ],
)
def test_the_front_end_fails_skips_and_expects(stage, expected, outcome):
    test = pytest_checks(stage, expected)
    law = next(each for each in test.pytestmark[0].args[1] if each.name == LAW)
    with pytest.raises(outcome):
        test(law)
