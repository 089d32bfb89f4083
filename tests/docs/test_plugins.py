"""Everything on docs/plugins.md works, in the order in which it is written there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs" / "plugins.md"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", DOCS.read_text(), re.DOTALL)
NAME = re.compile(r"# (\S+\.(?:py|yaml))\n")


def commands():
    return [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files of the page: blocks that begin with the name of one."""
    place = tmp_path_factory.mktemp("docs")
    for _, text in BLOCKS:
        if name := NAME.match(text):
            (place / name[1]).write_text(text)
    return place


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def test_the_page_has_code_of_every_kind():
    assert {kind for kind, _ in BLOCKS} == {"python", "yaml", "sh"}
    assert len(commands()) > 8
    assert all(line.startswith("gmmflow ") for line in commands())


@pytest.mark.parametrize("command", commands())
def test_commands_succeed(folder, command):
    done = run(folder, "-m", "gmmflow", *shlex.split(command)[1:])
    assert done.returncode == 0, done.stdout + done.stderr
    if " check " in command:
        assert "failed" not in done.stdout
        assert " passed" in done.stdout.splitlines()[-1]


def test_python_between_the_files_runs(folder):
    code = "\n".join(text for kind, text in BLOCKS if kind == "python" and not NAME.match(text))
    done = run(folder, "-W", "error", "-c", code)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ checks: \d+ passed\n", done.stdout)


def test_the_test_file_passes(folder):
    done = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_outliers.py")
    assert done.returncode == 0, done.stdout


def test_files_that_the_page_names_are_there():
    root = DOCS.parents[1]
    table = [line for line in DOCS.read_text().splitlines() if line.startswith("| a")]
    named = {name for line in table for name in re.findall(r"`([\w/.-]+)`", line) if "/" in name}
    assert len(named) > 8
    assert [name for name in sorted(named) if "<" not in name and not (root / name).exists()] == []
