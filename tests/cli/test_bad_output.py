"""Output folders that cannot be used, and files that may not be: said, and nothing is lost."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from gmmflow.cli.main import main

NOBODY = 65534


@pytest.mark.parametrize("output", ["taken", "taken/out"])
def test_an_output_that_is_a_file_or_below_one(config, refused, output):
    Path("taken").write_text("mine")
    config(output=output)
    refused(73, "taken", "could not be written", "`output:`")


def test_an_output_that_is_not_ours(config, refused):
    config()
    Path("out").mkdir()
    Path("out/thesis.tex").write_text("precious")
    refused(65, "is no run folder of gmmflow: it holds thesis.tex")
    refused(65, "is no run folder of gmmflow", flags=["--restart"])
    assert Path("out/thesis.tex").read_text() == "precious"


def test_an_output_of_another_config(config, capsys):
    name = config()
    assert main(["run", name]) == 0
    before = {path: path.read_bytes() for path in Path("out").iterdir()}
    assert main(["run", name, "--set", "seed=1"]) == 65
    error = capsys.readouterr().err
    assert "belongs to another config:\n    seed: 0 there, 1 here\n" in error
    assert "--restart" in error
    assert {path: path.read_bytes() for path in Path("out").iterdir()} == before


def test_a_corrected_config_runs_at_once(config, refused, capsys):
    config(model={"components": 100})
    refused(65, "60 rows cannot carry 100 components")
    assert main(["run", config(model={"components": 2})]) == 0


@pytest.mark.parametrize(
    ("room", "file"), [(100, "manifest.json"), (2500, "trace.jsonl"), (4500, "model.npz")]
)
def test_a_full_disk_loses_nothing_and_the_next_run_starts_over(config, command, room, file):
    # A limit on the size of files is to each of them what a full disk is.
    name = config(fit={"convergence": [{"type": "max_iterations", "limit": 8}]}, init="random_resp")
    done = command("run", name, limit=room)
    assert done.returncode == 74, done.stderr
    assert f"{file}: could not be written: File too large" in done.stderr
    assert "Free some space" in done.stderr
    assert "Traceback" not in done.stderr
    assert not Path("out/model.json").exists()
    assert not Path("out/_SUCCESS").exists()
    assert main(["run", name]) == 0
    assert not list(Path("out").glob(".*"))


@pytest.fixture
def nobody(config, monkeypatch):
    """Makes the process one that permissions hold for, in a folder of its own with a config."""
    # What is imported later must be there already: nobody may not be let into the interpreter.
    assert main(["run", config()]) == 0
    with tempfile.TemporaryDirectory() as home:
        for name in ("fit.yaml", "rows.csv"):
            shutil.copy(name, home)
        before = Path.cwd()
        monkeypatch.chdir(home)
        root = os.geteuid() == 0
        if root:
            for path in (home, "fit.yaml", "rows.csv"):
                os.chown(path, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        yield
        if root:
            os.seteuid(0)
        for path in Path().iterdir():
            path.chmod(0o700)
        monkeypatch.chdir(before)


def test_a_file_that_may_not_be_read(nobody, capsys):
    Path("rows.csv").chmod(0)
    assert main(["run", "fit.yaml"]) == 77
    error = capsys.readouterr().err
    assert "no permission to read" in error
    assert "rows.csv" in error
    Path("fit.yaml").chmod(0)
    assert main(["run", "fit.yaml"]) == 77
    assert "fit.yaml: no permission to read it" in capsys.readouterr().err


def test_a_folder_that_may_not_be_written(nobody, capsys):
    Path("out").mkdir()
    Path("out").chmod(0o500)
    assert main(["run", "fit.yaml"]) == 77
    error = capsys.readouterr().err
    assert "could not be written: Permission denied" in error
    assert "Change its permissions" in error
    assert main(["run", "fit.yaml", "--output", "out/below"]) == 77
    assert "out/below: could not be written" in capsys.readouterr().err
