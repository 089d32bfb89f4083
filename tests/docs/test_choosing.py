"""The config and the code on docs/choosing.md run."""

import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "choosing.md"
BLOCKS = dict(re.findall(r"```(\w+)\n(.*?)```", DOCS.read_text(), re.DOTALL))


def run(folder, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_config_finds_what_mclust_finds_on_iris(tmp_path):
    """VEV with two components, BIC 561.73 (mclust: -561.7285)."""
    (tmp_path / "fit.yaml").write_text(BLOCKS["yaml"].replace("[console, html]", "[console]"))
    said = run(tmp_path, "-m", "gmmflow", "run", "fit.yaml")
    assert "2 components of gaussian VEV" in said
    assert "*            2   gaussian VEV   561.728" in said
    assert "56 models by BIC" in said


def test_the_code_prints_every_model_and_the_chosen_one(tmp_path):
    lines = run(tmp_path, "-c", BLOCKS["python"]).splitlines()
    assert len(lines) == 12
    assert [line.endswith("True") for line in lines].count(True) == 1
