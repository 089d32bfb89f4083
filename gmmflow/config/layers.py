"""The layers of a config: ``extends`` files, then the file itself, then ``--set``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gmmflow.config.environment import substitute
from gmmflow.config.merge import merge, put
from gmmflow.config.node import MAX_DEPTH, Node, Place, Source
from gmmflow.config.problems import InvalidConfig, Problem, show
from gmmflow.config.reader import read
from gmmflow.errors import ConfigError, InputMissing, PermissionRefused

#: Largest config file.
MAX_BYTES = 1 << 20


def layered(
    source: Path | Mapping[str, Any], overrides: Sequence[str], problems: list[Problem]
) -> Node:
    """The merged values of a config, its ``extends`` and the overrides.

    Parameters
    ----------
    source : Path or mapping
    overrides : sequence of str
        ``a.b=value``, the value in YAML.
    problems : list of Problem
        Grows by what is wrong but lets reading go on.

    Raises
    ------
    InvalidConfig, InputMissing, PermissionRefused
    """
    if isinstance(source, Mapping):
        place = Place(Source("config", folder=Path()))
        root = _with_bases(from_python(source, place), (), problems)
    else:
        root = _with_bases(_from_file(source, problems), (source.resolve(),), problems)
    for flag in overrides:
        root = _override(root, flag, problems)
    return root


def _from_file(path: Path, problems: list[Problem]) -> Node:
    source = Source(str(path), folder=path.parent)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise InputMissing(f"{path}: there is no such config", "check the path") from None
    except IsADirectoryError:
        raise InputMissing(f"{path}: is a folder", "name a YAML file in it") from None
    except PermissionError:
        raise PermissionRefused(f"{path}: no permission to read it") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}", "name a YAML file") from None
    if len(raw) > MAX_BYTES:
        message = f"larger than {MAX_BYTES >> 20} MiB"
        raise InvalidConfig([Problem(Place(source), "", message)], source.name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text: byte {error.start} is {raw[error.start]:#04x}"
        raise InvalidConfig([Problem(Place(source), "", message)], source.name) from None
    source = Source(source.name, _lines(text), source.folder)
    return substitute(read(text, source, problems), os.environ, problems)


def _lines(text: str) -> tuple[str, ...]:
    # The line breaks that PyYAML counts.
    for other in ("\r\n", "\r", "\x85", "\u2028", "\u2029"):
        text = text.replace(other, "\n")
    return tuple(text.split("\n"))


def from_python(value: Any, place: Place, depth: int = 1) -> Node:
    """Nodes of a mapping, list, scalar or stage from Python."""
    if depth > MAX_DEPTH:
        message = f"nested deeper than {MAX_DEPTH} levels, or it contains itself"
        raise InvalidConfig([Problem(place, "", message)], place.source.name)
    if isinstance(value, Mapping):
        items = {str(key): from_python(each, place, depth + 1) for key, each in value.items()}
        return Node(items, place)
    if hasattr(value, "tolist"):  # an ndarray, or a NumPy scalar
        value = value.tolist()
    if isinstance(value, list | tuple):
        return Node([from_python(each, place, depth + 1) for each in value], place)
    return Node(str(value) if isinstance(value, os.PathLike) else value, place)


def _with_bases(root: Node, seen: tuple[Path, ...], problems: list[Problem]) -> Node:
    """The config on top of the files that it extends."""
    if not isinstance(root.value, dict) or "extends" not in root.value:
        return root
    named = root.value["extends"]
    own = Node({k: v for k, v in root.value.items() if k != "extends"}, root.place)
    merged: Node | None = None
    for entry in named.value if isinstance(named.value, list) else [named]:
        base = _base(entry, seen, problems)
        if base is not None:
            merged = base if merged is None else merge(merged, base)
    return own if merged is None else merge(merged, own)


def _base(entry: Node, seen: tuple[Path, ...], problems: list[Problem]) -> Node | None:
    def refuse(message: str, hint: str = "") -> None:
        problems.append(Problem(entry.place, "extends", message, hint))

    if not isinstance(entry.value, str):
        refuse("the path of a config is needed here, or a list of paths")
        return None
    path = entry.place.source.folder / entry.value
    try:
        resolved, is_file = path.resolve(), path.is_file()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a name too long, \0
        refuse(f"{show(entry.value)} cannot be looked up: {error}")
        return None
    if resolved in seen:
        refuse(f"'{entry.value}' extends itself", "a config cannot be its own base")
        return None
    if not is_file:
        refuse(f"there is no file '{entry.value}'", f"it is looked for at {path}")
        return None
    base = _with_bases(_from_file(path, problems), (*seen, resolved), problems)
    if not isinstance(base.value, dict):
        refuse(f"'{entry.value}' is no mapping of options")
        return None
    return base


def _override(root: Node, flag: str, problems: list[Problem]) -> Node:
    source = Source("--set", _lines(flag))
    path, equals, text = flag.partition("=")
    parts = tuple(path.strip().split("."))
    start = Place(source, 1, 1)
    if not equals or not all(parts):
        problems.append(Problem(start, "", f"'{flag}' is not of the form a.b=value"))
        return root
    value = substitute(read(text, source, problems, len(path) + 1), os.environ, problems)
    try:
        return put(root, parts, Node(value.value, value.place, start, value.text))
    except LookupError as error:
        problems.append(Problem(start, path, str(error.args[0])))
        return root
