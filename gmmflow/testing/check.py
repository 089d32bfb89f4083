"""Runs the laws of a stage's kind and reports on each."""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gmmflow.stage import Stage
from gmmflow.testing import stages
from gmmflow.testing.law import Broken, Law, Skip, laws_in
from gmmflow.testing.report import CheckResult
from gmmflow.testing.subject import Examples, Subject


def check_stage(
    stage: type[Stage] | Stage,
    expected_failures: Mapping[str, str] | None = None,
    **examples: Any,
) -> list[CheckResult]:
    """Hold a stage against the laws of all stages and those of its kind.

    Parameters
    ----------
    stage : type of Stage, or Stage
        An instance is checked as it is; a class with its default options.
    expected_failures : dict of str to str, optional
        Laws that the stage breaks on purpose, and why. Each counts as skipped; one that the stage
        keeps after all counts as failed, so that the list stays true.
    **examples
        What the author can give so that more is checked, see
        `gmmflow.testing.subject.Examples`: options, rows, parameters, log_density.

    Returns
    -------
    list of CheckResult
        One a law, in a fixed order. A law that cannot be checked is "skipped", with the reason.

    Examples
    --------
    >>> from gmmflow.e_steps.soft import Soft
    >>> from gmmflow.testing import check_stage
    >>> {result.status for result in check_stage(Soft)} <= {"passed", "skipped"}
    True
    """
    expected = dict(expected_failures or {})
    laws = laws_of(stage)
    refuse_unknown(expected, laws)
    return [check_law(each, stage, expected, Examples(**examples)) for each in laws]


def laws_of(stage: type[Stage] | Stage) -> list[Law]:
    """Laws of all stages, then those of the stage's kind."""
    cls = stage if isinstance(stage, type) else type(stage)
    more = ("densities", "parts") if cls.kind == "distributions" else ()
    return laws_in(
        stages, *(import_module(f"gmmflow.testing.{name}") for name in (cls.kind, *more))
    )


def check_law(
    law: Law, stage: type[Stage] | Stage, expected: Mapping[str, str], examples: Examples
) -> CheckResult:
    """Check one law; `expected` says which failures are known, and why."""
    result = _check(law, stage, examples)
    if law.name not in expected or result.status == "skipped":
        return result
    reason = expected[law.name]
    if result.status == "failed":
        return CheckResult(law.name, "skipped", f"expected to fail: {reason}")
    return CheckResult(
        law.name, "failed", f"expected to fail ({reason}), but it holds: take it off the list"
    )


def refuse_unknown(expected: Mapping[str, str], laws: list[Law]) -> None:
    """Raise ValueError where a failure is expected of a law that there is not."""
    names = [law.name for law in laws]
    for name in expected:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; laws: {', '.join(names)}"
            raise ValueError(f"expected_failures: there is no law {name!r}{hint}")


def _check(law: Law, stage: type[Stage] | Stage, examples: Examples) -> CheckResult:
    cls = stage if isinstance(stage, type) else type(stage)
    given = None if isinstance(stage, type) else stage
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        # A division by zero or an overflow that nobody caught is a number that nobody checked.
        warnings.simplefilter("error", RuntimeWarning)
        try:
            law.check(Subject(cls, Path(folder), examples, given))
        except Skip as skip:
            return CheckResult(law.name, "skipped", str(skip))
        except Broken as broken:
            return CheckResult(law.name, "failed", str(broken))
        except Exception as error:
            text = f"{type(error).__name__}: {error}{_where(error, cls)}"
            return CheckResult(law.name, "failed", text)
    return CheckResult(law.name, "passed")


def _where(error: BaseException, cls: type[Stage]) -> str:
    """The last line on the way to the error, and the last of them in the stage's own module."""
    frames = traceback.extract_tb(error.__traceback__)
    file = getattr(sys.modules.get(cls.__module__), "__file__", None)
    own = [frame for frame in frames if frame.filename == file]
    places = [f"{Path(each.filename).name}, line {each.lineno}: {each.line}" for each in frames]
    shown = [places[frames.index(own[-1])]] if own else []
    return "\n" + "\n".join(dict.fromkeys([*shown, *places[-1:]]))
