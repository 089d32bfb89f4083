from collections.abc import Callable
from pathlib import Path

import pytest

from gmmflow.config.node import Node, Source
from gmmflow.config.problems import Problem
from gmmflow.config.reader import read

#: The smallest config: what has no default.
SMALL = "data: {type: csv, path: x.csv}\nmodel: {components: 2}\n"


@pytest.fixture
def small() -> str:
    return SMALL


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Write a config into a folder of its own, which becomes the current one."""
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "fit.yaml") -> str:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")
        return name

    return write


@pytest.fixture
def parse() -> Callable[[str], Node]:
    """Nodes of a YAML text without problems."""

    def parse(text: str) -> Node:
        problems: list[Problem] = []
        node = read(text, Source("fit.yaml", tuple(text.split("\n"))), problems)
        assert problems == []
        return node

    return parse
