"""A stage that raises what it should not is named, with its provider."""

import errno
from importlib import import_module
from pathlib import Path
from textwrap import dedent

import pytest

from gmmflow.errors import DataError, DegenerateComponent, Exit, StageError
from gmmflow.plugin.blame import blame
from gmmflow.plugin.manager import Registry

RAISES = """
    from typing import Literal
    from gmmflow import Convergence, Transform, hookimpl

    class Rude(Convergence):
        type: Literal["{prefix}.rude"] = "{prefix}.rude"

        def check(self, trace):
            return trace["no such thing"]

    @hookimpl
    def gmmflow_convergence():
        return {{"{prefix}.rude": Rude}}
"""


@pytest.fixture
def registry(install):
    install("gmmflow-acme", {"acme": "acme_rude"}, {"acme_rude": RAISES.format(prefix="acme")})
    return Registry()


def test_the_stage_and_its_distribution_are_named(registry):
    stage = registry.find("convergence", "acme.rude")()
    with pytest.raises(StageError) as caught, blame(stage, registry):
        stage.check({})
    assert caught.value.message == (
        "the convergence criterion 'acme.rude' (gmmflow-acme 1.2) raised KeyError: 'no such thing'"
    )
    assert caught.value.remedy == (
        "this is a bug of gmmflow-acme: report it with the traceback (--debug shows it), "
        "or name another convergence criterion"
    )
    assert caught.value.exit_code == Exit.BUG
    assert isinstance(caught.value.__cause__, KeyError)


def test_the_file_of_a_local_stage_is_named(tmp_path):
    path = tmp_path / "rude.py"
    path.write_text(RAISES.format(prefix="local").replace("\n    ", "\n"))
    registry = Registry(paths=[path])
    stage = registry.find("convergence", "local.rude")()
    with pytest.raises(StageError, match=f"'local.rude' \\({path}\\) raised") as caught, \
            blame(stage, registry):  # fmt: skip
        stage.check({})
    assert f"this is a bug of {path}" in caught.value.remedy


def test_of_several_the_one_that_raised_is_named(registry):
    ours = registry.find("convergence", "max_iterations")(limit=3)
    theirs = registry.find("convergence", "acme.rude")()
    with pytest.raises(StageError, match=r"'acme\.rude'"), blame([ours, theirs], registry):
        theirs.check({})


def test_an_error_in_nobodys_code_is_nobodys_fault(registry):
    several = [registry.find("convergence", name)() for name in ("max_iterations", "acme.rude")]
    with pytest.raises(ZeroDivisionError), blame(several, registry):
        raise ZeroDivisionError("in the loop that calls them")
    with pytest.raises(StageError, match=r"'acme\.rude'"), blame(several[1], registry):
        raise ZeroDivisionError("where only this one is at work")


def test_any_module_of_the_plugin_counts_as_its_stage(install):
    package = install("gmmflow-acme", {"acme": "acme_package.stage"}) / "acme_package"
    package.mkdir()
    (package / "stage.py").write_text(dedent(RAISES.format(prefix="acme")))
    (package / "tools.py").write_text("def divide():\n    return 1 / 0\n")
    registry = Registry()
    others = [registry.find("convergence", name)() for name in ("max_iterations", "parameters")]
    stages = [*others, registry.find("convergence", "acme.rude")()]
    divide = import_module("acme_package.tools").divide
    with pytest.raises(StageError, match=r"'acme\.rude' .* raised ZeroDivisionError"), \
            blame(stages, registry):  # fmt: skip
        divide()


RUDE_FAMILY = """
    from typing import Literal
    from gmmflow import Covariance, hookimpl

    class Rude(Covariance):
        type: Literal["acme.rude"] = "acme.rude"

        def maximize(self, n, scatter, d, previous):
            return previous["no such thing"]

        def n_free(self, k, d):
            return k

    @hookimpl
    def gmmflow_covariances():
        return {"acme.rude": Rude}
"""


def test_a_stage_in_the_options_of_another_is_named(install):
    install("gmmflow-acme", {"acme": "acme_family"}, {"acme_family": RUDE_FAMILY})
    registry = Registry()
    rude = registry.find("covariances", "acme.rude")()
    gaussian = registry.find("distributions", "gaussian")(covariance=rude)
    with pytest.raises(StageError, match=r"the covariance family 'acme\.rude' \(gmmflow-acme"), \
            blame(gaussian, registry):  # fmt: skip
        gaussian.covariance.maximize(None, None, 2, {})


def test_where_no_stage_is_at_work_none_is_blamed(registry):
    with pytest.raises(ZeroDivisionError), blame([], registry):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    "error",
    [
        DataError("three rows hold NaN", "set missing: drop"),
        DegenerateComponent(1, "it emptied", "fewer components"),
        MemoryError(),
        KeyboardInterrupt(),
        OSError(errno.ENOSPC, "No space left on device"),
        PermissionError(errno.EACCES, "Permission denied"),
        ConnectionResetError("the scheduler went away"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_nobodys_bug_passes_through(registry, error):
    stage = registry.find("convergence", "acme.rude")()
    with pytest.raises(type(error)) as caught, blame(stage, registry):
        raise error
    assert caught.value is error


def test_a_file_that_a_stage_did_not_find_is_its_bug(registry):
    stage = registry.find("convergence", "acme.rude")()
    with pytest.raises(StageError, match="FileNotFoundError"), blame(stage, registry):
        Path("/nowhere/at/all").read_text()
