"""The config in the README runs, and gives what the README says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
CONFIG = re.search(r"```yaml\n(.*?)```", README.read_text(), re.DOTALL)[1]


def run(folder, *arguments):
    (folder / "waits.yaml").write_text(CONFIG)
    return subprocess.run(
        [sys.executable, "-m", "gmmflow", "run", "waits.yaml", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_config_runs(tmp_path):
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    said = float(re.search(r"at log-likelihood (-[\d.]+)", README.read_text())[1])
    found = float(re.search(r"log-likelihood +(-[\d.]+)", done.stdout)[1])
    assert found == pytest.approx(said, abs=1e-3)
    manifest = json.loads((tmp_path / "runs/waits/manifest.json").read_text())
    assert "gmmflow-inverse-gaussian" in json.dumps(manifest)


@pytest.mark.parametrize("update", ["[means]", "[weights, shapes]"])
def test_parts_of_the_parameters_can_be_learned(tmp_path, update):
    done = run(tmp_path, "--set", f"fit.m_step={{type: ml, update: {update}}}")
    assert done.returncode == 0, done.stderr


def test_standardized_data_are_refused_with_the_column(tmp_path):
    done = run(tmp_path, "--set", "transform=[standardize]")
    assert done.returncode == 65
    assert "column 'eruptions' has the value -" in done.stderr
    assert "Traceback" not in done.stderr
