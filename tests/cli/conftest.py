"""Configs and finished runs for the verbs that use them."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
import yaml

from gmmflow.cli.main import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, which is the current one."""
    path = tmp_path / "here"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


def two_groups() -> np.ndarray:
    """Rows (60, 2) of two groups far apart."""
    rng = np.random.default_rng(0)
    return np.concatenate([rng.normal(size=(40, 2)), rng.normal([9, 5], size=(20, 2))])


@pytest.fixture
def config(folder):
    """Writes ``fit.yaml`` for ``rows.csv``, with other sections."""
    np.savetxt("rows.csv", two_groups(), delimiter=",", header="a,b", comments="", fmt="%.17g")

    def write(**changes):
        sections = {
            "data": {"type": "csv", "path": "rows.csv"},
            "model": {"components": 2},
            "report": ["console"],
            "output": "out",
            **changes,
        }
        Path("fit.yaml").write_text(yaml.safe_dump(sections), encoding="utf-8")
        return "fit.yaml"

    return write


@pytest.fixture(scope="session")
def _finished(tmp_path_factory):
    top = tmp_path_factory.mktemp("finished")
    np.savetxt(
        top / "rows.csv", two_groups(), delimiter=",", header="a,b", comments="", fmt="%.17g"
    )
    sections = {
        "data": {"type": "csv", "path": "rows.csv", "chunk_size": 400},
        "model": {"components": 2},
        "report": [{"type": "trajectory"}, {"type": "assignments", "format": "csv"}],
        "output": str(top / "out"),
    }
    (top / "fit.yaml").write_text(yaml.safe_dump(sections), encoding="utf-8")
    assert main(["run", str(top / "fit.yaml")]) == 0
    return top


@pytest.fixture
def finished(_finished, folder):
    """A finished run in ``out``, in chunks of 25 rows; its data are two groups in a and b."""
    shutil.copytree(_finished / "out", "out")
    return "out"


@pytest.fixture
def rows():
    """The rows of ``finished``, (60, 2): 40 of the left group, then 20 of the right."""
    return two_groups()


@pytest.fixture
def refused(folder, capsys):
    """Runs ``fit.yaml`` and asserts how it is refused; returns what was said."""

    def check(code: int, *said: str, config: str | None = None, flags=()) -> str:
        if config is not None:
            Path("fit.yaml").write_text(dedent(config), encoding="utf-8")
        before = {path: path.read_bytes() for path in Path().iterdir() if path.is_file()}
        assert main(["run", "fit.yaml", *flags]) == code
        error = capsys.readouterr().err
        assert all(text in error for text in said), error
        assert "error:" in error
        assert "Traceback" not in error
        assert "is a bug in gmmflow" not in error
        assert not Path("out/_SUCCESS").exists()
        assert {path: path.read_bytes() for path in before} == before
        return error

    return check


@pytest.fixture
def command():
    """Runs the real command line, with other variables or a limit on the size of files."""

    def do(*arguments, env=None, limit=None):
        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        return subprocess.run(
            [sys.executable, "-m", "gmmflow", *arguments],
            capture_output=True, text=True, check=False, timeout=60,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(env or {})},
            preexec_fn=small_files if limit else None,
        )  # fmt: skip

    return do
