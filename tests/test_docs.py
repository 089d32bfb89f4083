"""Every config, every example and every command and block of the README does what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gmmflow

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
NEEDS_CLUSTER = {"distributed.yaml"}  # run by tests/executors, on a real cluster


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": "error", **environment},
        capture_output=True,
        text=True,
        timeout=240,
    )


def gmmflow_command(*words: str) -> list[str]:
    return [sys.executable, "-m", "gmmflow", *words]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize(
    "config", [c for c in CONFIGS if c.name not in NEEDS_CLUSTER], ids=lambda path: path.stem
)
def test_every_config_runs(config: Path, tmp_path: Path) -> None:
    # A copy of the repository's data is not needed: configs name files beside themselves.
    done = run(gmmflow_command("run", str(config)), tmp_path)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "runs").iterdir()
    assert (folder / "_SUCCESS").exists()
    assert "log-likelihood" in done.stdout
    model = gmmflow.load(folder)
    assert model.result.fit.stop.message in done.stdout.replace("\n", " ")


def test_old_faithful_is_the_lecture_s(tmp_path: Path) -> None:
    done = run(gmmflow_command("run", str(ROOT / "configs/old_faithful.yaml")), tmp_path)
    assert "-1130.26396" in done.stdout
    assert "272 rows" in done.stdout
    for name in ("report.html", "manifest.json", "trace.jsonl", "model.json", "model.npz"):
        assert (tmp_path / "runs/old_faithful" / name).stat().st_size > 0


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_runs(example: Path, tmp_path: Path) -> None:
    done = run([sys.executable, str(example)], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_readme_s_config_is_valid(tmp_path: Path) -> None:
    (config,) = blocks("yaml")
    (tmp_path / "fit.yaml").write_text(config)
    done = run(gmmflow_command("validate", "fit.yaml"), tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("code", blocks("python"), ids=["fit", "parts", "estimator"])
def test_the_readme_s_python_runs(code: str, tmp_path: Path) -> None:
    done = run([sys.executable, "-c", code], tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_readme_s_verbs_work_on_a_run(tmp_path: Path) -> None:
    config = ROOT / "configs/old_faithful.yaml"
    assert run(gmmflow_command("run", str(config)), tmp_path).returncode == 0
    shutil.copy(Path(gmmflow.__file__).parent / "data/old_faithful.csv", tmp_path / "new.csv")
    (verbs,) = [block for block in blocks("console") if "predict" in block]
    for line in verbs.strip().splitlines():
        program, *words = line.split()
        assert program == "gmmflow"
        done = run(gmmflow_command(*words), tmp_path)
        assert done.returncode == 0, (line, done.stderr)
    assert (tmp_path / "labels.parquet").stat().st_size > 0
    assert (tmp_path / "sample.csv").read_text().count("\n") == 1001


def test_ci_runs_the_readme_s_two_commands() -> None:
    ci = (ROOT / ".ci/run").read_text()
    for command in (
        "pip install . && gmmflow run configs/old_faithful.yaml",
        "pip install -e '.[test]' && pytest",
    ):
        assert f"```console\n{command}\n```" in README
        assert command.replace("pip install", "pip install -q") in ci


def test_every_built_in_stage_is_in_the_readme() -> None:
    from gmmflow.plugin import builtin
    from gmmflow.stage import KINDS

    for kind in KINDS:
        for name in getattr(builtin, f"gmmflow_{kind}")():
            assert re.search(rf"(?<![\w+]){re.escape(name)}(?![\w+])", README), name


def test_every_file_the_readme_points_to_is_there() -> None:
    for path in re.findall(r"`((?:gmmflow|configs|plugins|docs|benchmarks)/[\w./]*)`", README):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"\]\(([\w./]+)\)", README):
        assert (ROOT / path).exists(), path
