"""The laws as tests: one pytest test a law."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gmmflow.stage import Stage
from gmmflow.testing.check import check_law, laws_of, refuse_unknown
from gmmflow.testing.law import Law
from gmmflow.testing.subject import Examples


def pytest_checks(
    stage: type[Stage] | Stage,
    expected_failures: Mapping[str, str] | None = None,
    **examples: Any,
) -> Callable[[Law], None]:
    """Make a test function with one case for each law; arguments as for `check_stage`.

    Laws that cannot be checked are skipped, with the reason; expected failures are xfail.

    Examples
    --------
    In a test file, under a name that begins with ``test_``::

        test_laws = pytest_checks(Sobol)
        test_laws_unscrambled = pytest_checks(Sobol(scramble=False))
    """
    import pytest

    given, expected, laws = Examples(**examples), dict(expected_failures or {}), laws_of(stage)
    refuse_unknown(expected, laws)

    @pytest.mark.parametrize("law", laws, ids=[law.name for law in laws])
    def test_law(law: Law) -> None:
        result = check_law(law, stage, expected, given)
        if result.status == "failed":
            pytest.fail(result.message, pytrace=False)
        if law.name in expected and result.message.startswith("expected to fail"):
            pytest.xfail(result.message)
        if result.status == "skipped":
            pytest.skip(result.message)

    return test_law
