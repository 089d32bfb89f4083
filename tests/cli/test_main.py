import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gmmflow import errors
from gmmflow.cli import version
from gmmflow.cli.main import VERBS, main


def python(code, *arguments, **environment):
    """Run code in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def failing(monkeypatch):
    """Make `gmmflow version` raise."""

    def failing(error):
        def run(_):
            raise error

        monkeypatch.setattr(version, "run", run)

    return failing


def test_help_lists_every_verb(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"  {verb} " in out for verb in VERBS)
    assert "exit codes: 0 done, 64 usage" in out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(capsys, verb):
    assert main([verb, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: gmmflow {verb} ")


def test_help_imports_nothing_heavy():
    code = """
import sys
from gmmflow.cli.main import main
assert main(["--help"]) == 0
heavy = {"numpy", "pydantic", "yaml", "pluggy", "dask", "pyarrow", "rich", "plotly"}
print(sorted(heavy & sys.modules.keys()))
"""
    assert python(code).stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["vlidate"], "'vlidate' is no verb; did you mean 'validate'?"),
        (["--nonsense"], "'--nonsense' is no verb"),
        (["validate"], "the following arguments are required: CONFIG"),
        (["validate", "x", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["validate", "x", "--se", "a=1"], "unrecognized arguments: --se"),
        (["config"], "the following arguments are required: show"),
        (["config", "shw", "x"], "invalid choice: 'shw'"),
    ],
)
def test_wrong_command_lines(capsys, arguments, words):
    assert main(arguments) == 64
    err = capsys.readouterr().err
    assert words in err
    assert "  see: gmmflow" in err
    assert "Traceback" not in err


def test_no_verb_at_all(capsys):
    assert main([]) == 64
    captured = capsys.readouterr()
    assert captured.err.startswith("usage: gmmflow VERB")
    assert captured.out == ""


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (errors.DataError("bad row", "drop it"), 65, "error: bad row\n  drop it\n"),
        (errors.InputMissing("gone"), 66, "error: gone\n"),
        (errors.ClusterError("no cluster"), 69, "error: no cluster\n"),
        (errors.OutputError("no"), 73, "error: no\n"),
        (errors.Interrupted("stopped"), 75, "error: stopped\n"),
        (errors.PluginError("broken"), 78, "error: broken\n"),
        (KeyboardInterrupt(), 75, "error: interrupted\n  run the same command again\n"),
        (PermissionError(errno.EACCES, "denied", "x.csv"), 77, "error: no permission: x.csv\n"),
        (OSError(errno.ENOSPC, "No space left", "out"), 74, "error: No space left: out\n"),
        (OSError(errno.EDQUOT, "Quota exceeded"), 74, "error: Quota exceeded\n"),
        (OSError(errno.EIO, "I/O error"), 74, "error: I/O error\n"),
    ],
)
def test_exit_codes(failing, capsys, error, code, words):
    failing(error)
    assert main(["version"]) == code
    err = capsys.readouterr().err
    assert err.startswith(words)
    assert "Traceback" not in err


@pytest.mark.parametrize("error", [ValueError("oops"), FileNotFoundError("x"), RecursionError()])
def test_anything_else_is_our_bug(failing, capsys, error, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    failing(error)
    assert main(["version"]) == 70
    err = capsys.readouterr().err
    assert f"this is a bug in gmmflow: {type(error).__name__}" in err
    [kept] = tmp_path.iterdir()
    assert f"the traceback is in {kept}, and --debug shows it" in err
    assert "Traceback" in kept.read_text(encoding="utf-8")


def test_debug_shows_the_traceback(failing, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    failing(ValueError("oops"))
    assert main(["version", "--debug"]) == 70
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert "this is a bug in gmmflow: ValueError: oops" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("variables", "red"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_red_only_on_a_terminal(failing, monkeypatch, capsys, variables, red):
    failing(errors.DataError("bad"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    main(["version"])
    assert "\033" not in capsys.readouterr().err
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    main(["version"])
    assert ("\033[31merror:\033[0m bad" in capsys.readouterr().err) == red


def test_a_reader_that_goes_away_ends_it_quietly():
    process = subprocess.Popen(
        [sys.executable, "-m", "gmmflow", "schema", "--builtin"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 74
    assert err == b""


def test_module_and_script_are_the_same_command():
    script = Path(sys.executable).with_name("gmmflow")
    as_module = subprocess.run(
        [sys.executable, "-m", "gmmflow", "version"], capture_output=True, text=True, check=True
    )
    as_script = subprocess.run([script, "version"], capture_output=True, text=True, check=True)
    assert as_module.stdout == as_script.stdout
