import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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
