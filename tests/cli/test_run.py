import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import gmmflow
from gmmflow.cli.main import main
from gmmflow.cli.signals import interruptible
from gmmflow.errors import Interrupted


def test_a_run_prints_a_summary_and_leaves_a_folder(config, capsys):
    assert main(["run", config()]) == 0
    captured = capsys.readouterr()
    assert "2 components of gaussian VVV, fitted to 60 rows of a, b" in captured.out
    assert "Traceback" not in captured.err
    assert Path("out/_SUCCESS").exists()


def test_set_and_output_go_over_the_file(config, capsys):
    flags = ["--set", "model.components=1", "--output", "an other/földer: {x}"]
    assert main(["run", config(), *flags]) == 0
    assert "1 component of" in capsys.readouterr().out
    assert Path("an other/földer: {x}/_SUCCESS").exists()
    assert not Path("out").exists()


def test_the_same_run_again_does_nothing_and_shows_the_summary(config, capsys):
    assert main(["run", config()]) == 0
    summary = capsys.readouterr().out
    assert main(["run", config()]) == 0
    captured = capsys.readouterr()
    assert captured.out == summary
    assert "nothing was done" in captured.err


def test_restart_runs_it_again(config, capsys):
    assert main(["run", config()]) == 0
    first = Path("out/manifest.json").read_text()
    assert main(["run", config(), "--restart"]) == 0
    assert Path("out/manifest.json").read_text() != first


def test_a_limit_is_a_warning_or_a_failure(config, capsys):
    limited = ["--set", "fit.convergence=[{type: max_iterations, limit: 1}]"]
    assert main(["run", config(), *limited]) == 0
    assert Path("out/_SUCCESS").exists()
    fail = [*limited, "--set", "fit.on_limit=fail", "--output", "failed"]
    capsys.readouterr()
    assert main(["run", config(), *fail]) == 65
    assert "not converged: the limit of 1 iteration was reached" in capsys.readouterr().err
    assert Path("failed/model.json").exists()
    assert not Path("failed/_SUCCESS").exists()


SLOW = """
import time
from typing import Literal

from gmmflow import Convergence, hookimpl


class Slow(Convergence):
    \"\"\"Never ends.\"\"\"

    type: Literal["local.slow"] = "local.slow"

    def check(self, trace):
        time.sleep(0.05)
        return None


@hookimpl
def gmmflow_convergence():
    return {"local.slow": Slow}
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_with_75_and_the_next_one_starts_over(config, number):
    Path("slow.py").write_text(SLOW, encoding="utf-8")
    name = config(fit={"convergence": ["local.slow"]}, plugins={"paths": ["slow.py"]})
    process = subprocess.Popen(
        [sys.executable, "-m", "gmmflow", "run", name],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    trace, patience = Path("out/trace.jsonl"), time.monotonic() + 60
    while not (trace.exists() and trace.stat().st_size) and time.monotonic() < patience:
        time.sleep(0.02)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 75, err
    assert f"error: stopped by {number.name}; the data and earlier results are untouched" in err
    assert "run the same command again: it starts over" in err
    assert "Traceback" not in err
    assert '"outcome": "interrupted"' in Path("out/manifest.json").read_text()
    assert not Path("out/_SUCCESS").exists()
    # With the same config, so that the folder is known as its own.
    assert main(["plan", name]) == 0


def test_the_second_signal_is_the_systems():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Interrupted, match="stopped by SIGTERM"), interruptible():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_run_beside_a_run_is_told_to_wait(config, capsys):
    from gmmflow.run_folder.lock import FolderLock

    Path("out").mkdir()
    lock = FolderLock(Path("out").absolute())
    assert main(["run", config()]) == 75
    assert "another run is at work in this folder" in capsys.readouterr().err
    lock.release()
    assert main(["run", config()]) == 0


def test_a_comparison_is_recorded_and_comes_back(config, capsys):
    """The manifest and the model keep every model; the same command again shows the same table."""
    name = config(
        model={"components": [1, 2, 3], "distribution": {"covariance": ["EEE", "VVV"]}},
        select={"criterion": "icl"},
    )
    assert main(["run", name]) == 0
    first = capsys.readouterr().out
    recorded = json.loads(Path("out/manifest.json").read_text())["result"]
    loaded = gmmflow.load("out")
    assert recorded["candidates"] == loaded.candidates
    assert recorded["criterion"] == loaded.result.criterion == "icl"
    (chosen,) = (row for row in recorded["candidates"] if row["chosen"])
    assert (recorded["components"], recorded["distribution"]) == (
        chosen["components"], chosen["distribution"],
    )  # fmt: skip
    assert "6 models by ICL" in first
    assert main(["run", name]) == 0
    assert capsys.readouterr().out.split("Models")[1] == first.split("Models")[1]
    assert main(["run", name, "--set", "select.criterion=bic"]) == 65
    assert 'select.criterion: "icl" there, "bic" here' in capsys.readouterr().err


def test_a_run_whose_every_model_is_degenerate_ends_with_65_and_the_reasons(config, capsys):
    rows = np.repeat([[0.0, 0.0], [5.0, 1.0], [9.0, 9.0]], 20, axis=0)
    np.savetxt("same.csv", rows, delimiter=",", header="a,b", comments="")
    name = config(data={"type": "csv", "path": "same.csv"}, model={"components": [2, 3]})
    assert main(["run", name]) == 65
    said = capsys.readouterr().err
    assert "every one of the 2 candidates is degenerate: 2 components of gaussian VVV: " in said
    assert "collapsed" in said
    assert not Path("out/_SUCCESS").exists()


def test_a_criterion_with_nothing_to_choose_is_remarked(config, capsys):
    assert main(["run", config(select={"criterion": "aic"})]) == 0
    assert "had nothing to choose: there is one model" in " ".join(capsys.readouterr().out.split())
