"""Tiny plugin distributions on disk, found as pip's are: by their metadata on sys.path."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

PLATEAU = """
from typing import Literal

from gmmflow import Convergence, hookimpl
from gmmflow.stage import Field


class Plateau(Convergence):
    \"\"\"Stops at once.\"\"\"

    type: Literal["{name}"] = "{name}"
    patience: int = Field(3, description="Iterations to wait.")

    def check(self, trace):
        return None


@hookimpl
def gmmflow_convergence():
    return {{"{name}": Plateau}}
"""


@pytest.fixture
def plateau() -> Callable[[str], str]:
    """Source of a plugin with one good stage, by the name of the stage."""
    return lambda name: PLATEAU.format(name=name)


Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a distribution: its name, entry points, modules and their source."""
    before = set(sys.modules)
    count = 0

    def do(
        distribution: str,
        points: dict[str, str],
        modules: dict[str, str] | None = None,
        version: str = "1.2",
    ) -> Path:
        nonlocal count
        count += 1
        site = tmp_path / f"site{count}"
        info = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        lines = "\n".join(f"{name} = {value}" for name, value in points.items())
        (info / "entry_points.txt").write_text(f"[gmmflow]\n{lines}\n")
        for module, source in (modules or {}).items():
            (site / f"{module}.py").write_text(dedent(source))
        monkeypatch.syspath_prepend(str(site))
        return site

    yield do
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
