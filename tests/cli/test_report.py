import shutil
from pathlib import Path

import numpy as np
import pytest

import gmmflow
from gmmflow.cli.main import main


def test_the_summary_is_that_of_the_run(config, capsys):
    assert main(["run", config()]) == 0
    summary = capsys.readouterr().out
    assert main(["report", "out"]) == 0
    again = capsys.readouterr()
    assert again.out.splitlines()[1:] == summary.splitlines()[1:]
    assert "Results are in" in again.out
    assert again.err == ""


def test_the_summary_needs_no_data(finished, capsys):
    Path("out/config.resolved.yaml").unlink()
    assert main(["report", finished]) == 0
    assert "60 rows of a, b" in capsys.readouterr().out


def test_reports_that_the_run_did_not_write_can_be_written_later(finished):
    assert not Path("out/report.html").exists()
    assert main(["report", finished, "--type", "html"]) == 0
    assert "<html" in Path("out/report.html").read_text()[:2000]


def test_options_are_those_of_the_run(finished):
    before = {path.name: path.read_bytes() for path in Path("out/assignments").iterdir()}
    shutil.rmtree("out/assignments")
    assert main(["report", finished, "--type", "assignments", "--type", "trajectory"]) == 0
    assert {p.name: p.read_bytes() for p in Path("out/assignments").iterdir()} == before
    assert all(name.endswith(".csv") for name in before)


def test_every_iteration_comes_from_the_trajectory(finished):
    content = Path("out/trajectory.npz").read_bytes()
    assert main(["report", finished, "--type", "trajectory"]) == 0
    again = np.load("out/trajectory.npz")
    Path("before.npz").write_bytes(content)
    before = np.load("before.npz")
    assert set(again.files) == set(before.files)
    assert all(again[name].tobytes() == before[name].tobytes() for name in before.files)


@pytest.mark.parametrize(
    ("damage", "code", "said"),
    [
        (lambda p: p.unlink(), 66, "trajectory.npz is missing, and this report shows every"),
        (lambda p: p.write_bytes(b"no zip"), 65, "trajectory.npz is damaged"),
    ],
)
def test_a_trajectory_that_is_gone_or_damaged_is_named(finished, capsys, damage, code, said):
    damage(Path("out/trajectory.npz"))
    assert main(["report", finished, "--type", "html"]) == code
    assert said in capsys.readouterr().err


def test_a_trajectory_of_another_run_is_refused(finished, config, capsys):
    flags = ["--output", "other", "--set", "fit.convergence=[{type: max_iterations, limit: 2}]"]
    assert main(["run", config(report=["trajectory"]), *flags]) == 0
    shutil.copy("other/trajectory.npz", "out/trajectory.npz")
    assert main(["report", finished, "--type", "html"]) == 65
    assert "trajectory.npz is of another run" in capsys.readouterr().err


def test_an_unknown_report_is_named(finished, capsys):
    assert main(["report", finished, "--type", "htlm"]) == 78
    assert "did you mean 'html'?" in capsys.readouterr().err


def test_a_saved_model_has_a_summary_too(finished, capsys):
    gmmflow.load(finished).save("saved")
    assert main(["report", "saved"]) == 0
    assert "2 components of gaussian VVV" in capsys.readouterr().out
