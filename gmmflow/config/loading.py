"""From a YAML file, or a mapping, to a checked run config."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gmmflow.config.build import FAILED, Builder
from gmmflow.config.candidates import spelled_out
from gmmflow.config.layers import from_python, layered
from gmmflow.config.model import ModelSection, RunConfig
from gmmflow.config.node import KeyPath, Node, Place, Source, dotted
from gmmflow.config.problems import MISSING, InvalidConfig, Problem
from gmmflow.config.rules import broken_rules
from gmmflow.config.slots import slot_of
from gmmflow.plugin.manager import PluginSectionError, Registry
from gmmflow.stage import Options, Slot, Stage


@dataclass(frozen=True)
class LoadedConfig:
    """A config that was read and found valid.

    Attributes
    ----------
    config : RunConfig
    registry : Registry
        Where its stages come from.
    folder : Path
        Relative paths of what the config reads start here: its `folder`, by default the folder
        that it lies in, or the current one.
    name : str
        Stem of the file name; "config" for a mapping.
    resolved : dict
        All values in plain Python, defaults filled in and `extends` merged.
    origins : dict of str to str
        For every value of `resolved` the place where it was written: "fit.yaml:3:5", "--set",
        "default".
    """

    config: RunConfig
    registry: Registry
    folder: Path
    name: str
    resolved: dict[str, Any]
    origins: dict[str, str]


def load(
    source: str | os.PathLike[str] | Mapping[str, Any], overrides: Sequence[str] = ()
) -> LoadedConfig:
    """Read and check a config; no data are touched.

    Parameters
    ----------
    source : path or mapping
        A YAML file, or the same content from Python, where stages may stand ready made.
    overrides : sequence of str
        ``a.b=value``, as with ``--set``.

    Raises
    ------
    InvalidConfig
        Lists everything that is wrong.
    InputMissing, PermissionRefused
        The file is not there, or not to be read.
    """
    is_mapping = isinstance(source, Mapping)
    origin = source if isinstance(source, Mapping) else Path(source)
    name = "config" if isinstance(origin, Mapping) else str(origin)
    folder = Path.cwd() if isinstance(origin, Mapping) else origin.absolute().parent
    problems: list[Problem] = []
    root = layered(origin, overrides, problems)
    if root.value is None:
        raise InvalidConfig(
            [*problems, Problem(root.place, "", "the config is empty", "try: gmmflow init")], name
        )
    folder = _base_folder(root, folder, problems)
    registry, mute = _registry(root, folder, problems)
    builder = Builder(registry, mute)
    config = builder.options(RunConfig, root)
    # What a file that could not be read would have given is not missing.
    baseless = any(each.path == "extends" for each in problems)
    problems += [p for p in builder.problems if not (baseless and p.message == MISSING)]
    if config is not FAILED:
        for path, message, hint in broken_rules(config):
            problems.append(Problem(root.deepest(path).place, dotted(path), message, hint))
    if problems:
        raise InvalidConfig(problems, name)
    resolved = config.model_dump(mode="json")
    written = _spelled_out(root, registry)
    origins = {dotted(path): _origin(written, path, each) for path, each in _leaves(resolved, ())}
    stem = "config" if is_mapping else Path(name).stem
    return LoadedConfig(config, registry, folder, stem, resolved, origins)


def build_stage(kind: str, description: object, registry: Registry | None = None) -> Stage:
    """Make a stage from a bare name or a mapping; a stage passes through.

    Parameters
    ----------
    kind : str
        One of `gmmflow.stage.KINDS`.
    description : str, mapping, or Stage
    registry : Registry, optional
        By default that of the installed plugins.

    Raises
    ------
    InvalidConfig
        The description is wrong.

    Examples
    --------
    >>> build_stage("initializers", "random_points").type
    'random_points'
    """
    node = from_python(description, Place(Source(kind)))
    builder = Builder(registry or Registry())
    stage = builder.stage(Slot(kind), node, ())
    if stage is FAILED:
        raise InvalidConfig(builder.problems, kind)
    made: Stage = stage
    return made


def build_section(
    cls: type[Options], values: Mapping[str, Any], registry: Registry | None = None
) -> Any:
    """Make a section of a config from its values; stages may stand ready made.

    Raises
    ------
    InvalidConfig
        A value is wrong.
    """
    name = cls.__name__.removesuffix("Section").lower()
    builder = Builder(registry or Registry())
    made = builder.options(cls, from_python(values, Place(Source(name))))
    if made is FAILED:
        raise InvalidConfig(builder.problems, name)
    return made


def _base_folder(root: Node, folder: Path, problems: list[Problem]) -> Path:
    """Where relative paths start, given the folder that the config lies in."""
    node = root.child("folder")
    if node is None or not isinstance(node.value, str):
        return folder
    try:
        return (folder / Path(node.value).expanduser()).absolute()
    except RuntimeError as error:
        problems.append(Problem(node.place, "folder", f"has no home folder: {error}"))
        return folder


def _registry(root: Node, folder: Path, problems: list[Problem]) -> tuple[Registry, str]:
    """Registry with the plugins of the config, and which names to excuse if there is none."""
    section = root.child("plugins")
    try:
        return Registry(_strings(section, "paths"), folder, _strings(section, "require")), "\0"
    except PluginSectionError as error:
        assert section is not None
        for inner, reason in error.problems:
            place = section.deepest(inner).place
            path = dotted(("plugins", *inner))
            problems.append(Problem(place, path, reason.message, reason.remedy))
        return Registry(), "local."


def _strings(section: Node | None, name: str) -> list[str]:
    """Entries of a list; where it is no list of strings, the builder will say so."""
    node = section.child(name) if section is not None else None
    entries = node.value if node is not None and isinstance(node.value, list) else []
    return [each.value for each in entries if isinstance(each.value, str)]


def _leaves(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    """Yield all values with their paths; a list of plain values counts as one."""
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _leaves(each, (*path, name))
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for index, each in enumerate(value):
            yield from _leaves(each, (*path, index))
    else:
        yield path, value


def _spelled_out(root: Node, registry: Registry) -> Node:
    """The config with every model in it, as in `resolved`; places are where they were named."""
    model = root.child("model")
    given = model.child("distribution") if model is not None else None
    if model is None or given is None:
        return root
    slot = slot_of(ModelSection.model_fields["distribution"])
    assert slot is not None, "the distribution of a model is a slot"
    entries = given.value if isinstance(given.value, list) else [given]
    nodes = [node for each in entries for node in spelled_out(slot, each, registry)]
    listed = nodes[0] if len(nodes) == 1 else Node(nodes, given.place, given.key)
    section = Node({**model.value, "distribution": listed}, model.place, model.key)
    return Node({**root.value, "model": section}, root.place, root.key)


def _origin(root: Node, path: KeyPath, value: Any) -> str:
    node: Node | None = root
    for part in path:
        node = node.child(part) if node is not None else None
        if node is not None and isinstance(node.value, Stage):
            return str(node.place)
    if node is None or (node.value is None and value is not None):
        return "default"
    return str(node.place)
