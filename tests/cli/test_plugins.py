"""``gmmflow plugins``, as a user types it."""

import json
from pathlib import Path

import pytest

import gmmflow
from gmmflow.cli.main import main
from gmmflow.stage import KINDS

PLUGIN = """
from typing import Literal

from gmmflow import Convergence, hookimpl
from gmmflow.stage import Field
from gmmflow.values.trace import Reason, Stop


class Patience(Convergence):
    \"\"\"Stops after so many steps.

    Whatever they brought.
    \"\"\"

    type: Literal["local.patience"] = "local.patience"
    steps: int = Field(7, ge=1, description="Steps to make.")
    reason: str = Field(description="What to say.")

    def check(self, trace):
        done = len(trace) >= self.steps
        return Stop(Reason.ITERATION_LIMIT, self.reason) if done else None


@hookimpl
def gmmflow_convergence():
    return {"local.patience": Patience}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "patience.py"
    path.write_text(PLUGIN)
    return path


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """An installed distribution whose import fails."""
    info = tmp_path / "site" / "gmmflow_bad-0.3.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gmmflow-bad\nVersion: 0.3\n")
    (info / "entry_points.txt").write_text("[gmmflow]\nbad = gmmflow_bad\n")
    (info.parent / "gmmflow_bad.py").write_text("raise RuntimeError('no licence')\n")
    monkeypatch.syspath_prepend(str(info.parent))


def call(capsys, *arguments) -> tuple[int, str, str]:
    code = main(["plugins", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_list_has_every_kind_and_the_broken_plugin_with_its_reason(capsys, broken):
    code, out, _ = call(capsys, "list")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split() == ["kind", "name", "provider", "state"]
    assert {line.split()[0] for line in lines[1:]} == {*KINDS, "?"}
    own = next(line for line in lines if "kmeans++" in line)
    version = gmmflow.__version__
    assert own.split()[:5] == ["initializers", "kmeans++", "gmmflow", version, "loaded"]
    (bad,) = [line for line in lines if "broken" in line]
    assert bad.split()[:4] == ["?", "bad", "gmmflow-bad", "0.3"]
    assert bad.endswith("the plugin 'bad' (gmmflow-bad 0.3) is broken: RuntimeError: no licence")


@pytest.mark.parametrize("kind", ["initializers", "initializer", "init"])
def test_list_of_one_kind(capsys, kind):
    code, out, _ = call(capsys, "list", kind)
    assert code == 0
    assert {line.split()[0] for line in out.splitlines()[1:]} == {"initializers"}


def test_list_of_no_kind(capsys):
    code, out, err = call(capsys, "list", "clusters")
    assert (code, out) == (64, "")
    assert "'clusters' is no kind of stage\n  kinds: loaders, transforms, " in err


def test_list_is_cut_at_the_edge_of_the_screen_but_reasons_are_not(capsys, broken, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    lines = call(capsys, "list")[1].splitlines()
    assert max(len(line) for line in lines if "broken" not in line) == 60
    assert any(line.endswith("RuntimeError: no licence") for line in lines)


def test_list_as_json(capsys, broken, file):
    code, out, _ = call(capsys, "list", "convergence", "--json", "--path", file)
    entries = {entry["name"]: entry for entry in json.loads(out)}
    assert code == 0
    assert entries["local.patience"] == {
        "kind": "convergence",
        "name": "local.patience",
        "provider": {
            "name": "local",
            "path": str(file),
            "sha256": entries["local.patience"]["provider"]["sha256"],
        },
        "state": "loaded",
        "reason": None,
        "summary": "Stops after so many steps.",
    }
    assert entries["bad"]["state"] == "broken"
    assert entries["bad"]["kind"] is None
    assert entries["bad"]["provider"]["version"] == "0.3"


def test_show_says_everything_about_a_stage(capsys, file):
    code, out, _ = call(capsys, "show", "local.patience", "--path", file)
    lines = out.splitlines()
    assert code == 0
    assert lines[0].startswith(f"local.patience: convergence criterion of {file} (sha256 ")
    assert lines[1:] == [
        "slot: fit.convergence",
        f"file: {file}",
        "",
        "Stops after so many steps.",
        "",
        "Whatever they brought.",
        "",
        "options:",
        "  steps: int, >= 1, default 7",
        "      Steps to make.",
        "  reason: str, required",
        "      What to say.",
    ]


def test_show_of_our_own_stage(capsys):
    code, out, _ = call(capsys, "show", "gaussian")
    assert code == 0
    assert out.startswith(f"gaussian: distribution of gmmflow {gmmflow.__version__}\n")
    assert '  covariance: covariance family, default "VVV"\n' in out


def test_show_as_json(capsys):
    code, out, _ = call(capsys, "show", "log_likelihood", "--json")
    (card,) = json.loads(out)
    assert code == 0
    assert card["kind"] == "convergence"
    options = {option["name"]: option for option in card["options"]}
    assert options["tolerance"]["default"] == 1e-8
    assert options["change"]["type"] == "Literal['mean', 'relative']"
    assert all(option["description"] for option in card["options"])


@pytest.mark.parametrize("name", ["csv", "threads", "VVV", "full", "html", "given"])
def test_show_works_for_all_sorts_of_options(capsys, name):
    code, out, err = call(capsys, "show", name)
    assert (code, err) == (0, "")
    assert out.startswith(f"{name}: ")


def test_show_of_a_stage_that_is_not_there(capsys):
    code, out, err = call(capsys, "show", "kmeans3")
    assert (code, out) == (78, "")
    assert "no stage is called 'kmeans3'\n  did you mean 'kmeans'? known: " in err


def test_show_of_a_broken_plugin(capsys, broken):
    code, _, err = call(capsys, "show", "bad.stage")
    assert code == 78
    assert "the plugin 'bad' (gmmflow-bad 0.3) is broken: RuntimeError: no licence" in err
    assert "Traceback" not in err


def test_check_says_how_many_checks_ran(capsys):
    code, out, err = call(capsys, "check", "max_iterations")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("convergence criterion max_iterations (gmmflow ")
    passed = [line for line in lines if line.startswith("  passed ")]
    skipped = [line for line in lines if line.startswith("  skipped ")]
    assert lines[-1].startswith(f"{len(passed) + len(skipped)} checks: {len(passed)} passed")


def test_check_fails_where_a_law_is_broken(capsys, tmp_path):
    path = tmp_path / "fickle.py"
    path.write_text(
        PLUGIN.replace("patience", "fickle")
        .replace('reason: str = Field(description', 'reason: str = Field("", description')
        .replace("done = ", "import random\n        done = random.random() < 0.5 and ")
    )  # fmt: skip
    code, out, _ = call(capsys, "check", "local.fickle", "--path", path)
    assert code == 65
    assert "  failed " in out
    assert " failed" in out.splitlines()[-1]


def test_check_as_json(capsys):
    code, out, _ = call(capsys, "check", "soft", "--json")
    assert code == 0
    assert {result["kind"] for result in json.loads(out)} == {"e_steps"}
    assert {result["status"] for result in json.loads(out)} <= {"passed", "skipped"}


def test_new_writes_a_package_and_says_what_next(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = call(capsys, "new", "acme.stall", "--kind", "convergence")
    assert code == 0
    assert out.splitlines()[0] == "wrote gmmflow-acme:"
    for line in out.splitlines()[1:7]:
        assert Path("gmmflow-acme", line.strip()).is_file()
    assert "pip install -e 'gmmflow-acme[test]'" in out
    code, _, err = call(capsys, "new", "acme", "--kind", "convergence")
    assert code == 73
    assert "gmmflow-acme exists already" in err


def test_new_refuses_a_kind_without_a_template(capsys):
    code, _, err = call(capsys, "new", "acme", "--kind", "executor")
    assert code == 64
    assert "kinds with one: initializer, distribution, convergence" in err


def test_a_verb_is_needed(capsys):
    code, _, err = call(capsys)
    assert code == 64
    assert "list | show | check | new" in err


def test_debug_may_stand_at_the_end(capsys):
    code, _, err = call(capsys, "show", "kmeans3", "--debug")
    assert code == 78
    assert "Traceback" in err


def test_a_bad_plugin_file_is_a_clean_error(capsys, tmp_path):
    code, _, err = call(capsys, "list", "--path", tmp_path / "missing.py")
    assert code == 78
    assert "missing.py is not there" in err
    assert "Traceback" not in err
