"""The registry: finds stages by kind and name, and knows who provides them.

A plugin does nothing until a config names it: the part of a stage's name before the dot says
which entry point, or file, to import. A broken plugin hurts nobody who does not need it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import gmmflow
from gmmflow.errors import PluginError
from gmmflow.plugin import builtin
from gmmflow.plugin.catalogue import Entry
from gmmflow.plugin.installed import installed, load_points, provider_of
from gmmflow.plugin.laws import lawful
from gmmflow.plugin.local import PREFIX as LOCAL
from gmmflow.plugin.local import load_file
from gmmflow.plugin.provider import Provider, provider_of_file
from gmmflow.plugin.registration import Plugin, reason, register
from gmmflow.plugin.requirements import check_requirement
from gmmflow.plugin.unknown import unknown_stage
from gmmflow.plugin.words import a_noun, noun
from gmmflow.stage import KINDS, Stage


class PluginSectionError(PluginError):
    """Something is wrong with the config's section `plugins`.

    Attributes
    ----------
    problems : tuple of ((str, int), PluginError)
        All that is wrong, each with its place in the section: ``("paths", 0)``.
    """

    def __init__(self, problems: Sequence[tuple[tuple[str, int], PluginError]]) -> None:
        *others, (_, last) = problems
        super().__init__("\n".join([*(str(each) for _, each in others), last.message]), last.remedy)
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[type, tuple[object]]:
        return type(self), (self.problems,)


class Registry:
    """Stages by kind and name; nothing is imported before it is named.

    Parameters
    ----------
    paths : iterable of path
        Plugin files (`plugins.paths`); they are imported at once.
    folder : Path, optional
        Where relative paths start; by default the current folder.
    require : iterable of str
        Distributions that must be installed (`plugins.require`).
    discover : bool
        Whether installed plugins can be found.

    Attributes
    ----------
    modules : tuple of module
        The plugin files; other processes need them by value (`Executor.start`).

    Raises
    ------
    PluginSectionError
        A requirement is not met or a file cannot be loaded; all of them are named.
    """

    def __init__(
        self,
        paths: Iterable[str | Path] = (),
        folder: Path | None = None,
        require: Iterable[str] = (),
        discover: bool = True,
    ) -> None:
        self._discover = discover
        own = Provider("gmmflow", "gmmflow", gmmflow.__version__)
        self._builtin = register(builtin, "", own)
        self._installed: dict[str, Plugin] = {}
        self._local: list[Plugin] = []
        self._providers: dict[type[Stage], Provider] = {}
        self.modules: tuple[ModuleType, ...] = ()
        home = folder or Path()
        problems: list[tuple[tuple[str, int], PluginError]] = []

        def attempt(where: str, check: Callable[[str], None], values: Iterable[str | Path]) -> None:
            for index, value in enumerate(values):
                try:
                    check(str(value))
                except PluginError as error:
                    problems.append(((where, index), error))

        attempt("require", check_requirement, require)
        attempt("paths", lambda path: self._add_file((home / path).absolute()), paths)
        if problems:
            raise PluginSectionError(problems)

    def find(self, kind: str, name: str) -> type[Stage]:
        """The class of a stage.

        Parameters
        ----------
        kind : str
            One of `gmmflow.stage.KINDS`.
        name : str
            The YAML ``type``.

        Raises
        ------
        PluginError
            There is none of this name, or its plugin is broken.
        """
        for plugin in self._plugins_of(name):
            if name in plugin.stages[kind]:
                return self._load(plugin, kind, name)
        raise unknown_stage(kind, name, self._loaded, self._points, self._load_plugin)

    def kinds(self, name: str) -> list[str]:
        """Kinds that have a stage of this name.

        Raises
        ------
        PluginError
            There is none, or its plugin is broken.
        """
        kinds = [kind for plugin in self._plugins_of(name) for kind in plugin.kinds_of(name)]
        if not kinds:
            raise unknown_stage("", name, self._loaded, self._points, self._load_plugin)
        return kinds

    def names(self, kind: str, load: bool = False) -> list[str]:
        """Names of the stages of a kind, sorted.

        Only our own, those of local files and those of plugins that were needed already are
        known without importing more; with `load`, all that are installed and not broken.
        """
        if load:
            return sorted(entry.name for entry in self.catalogue(kind) if entry.stage)
        return sorted({name for plugin in self._loaded for name in plugin.stages[kind]})

    def families(self, kind: str) -> list[str]:
        """Names of the stages of a kind that can be built without options, without aliases.

        All that are installed and not broken; ours first, in the order of their registration.
        """
        entries = {entry.name: entry for entry in self.catalogue(kind) if entry.stage}
        order = [name for plugin in self._loaded for name in plugin.stages[kind]]
        found = []
        for name in dict.fromkeys(each for each in order if each in entries):
            stage = entries[name].stage
            assert stage is not None, "entries are of stages"
            fields = stage.model_fields
            alias = fields["type"].default not in (name, name.rpartition(".")[2])
            if not alias and not any(field.is_required() for field in fields.values()):
                found.append(name)
        return found

    def provider(self, stage: Stage | type[Stage]) -> Provider:
        """Who provides a stage, also one whose class did not come from this registry."""
        cls = stage if isinstance(stage, type) else type(stage)
        if cls in self._providers:
            return self._providers[cls]
        package = cls.__module__.partition(".")[0]
        if package == "gmmflow":
            return self._builtin.provider
        for points in self._points.values():
            if points[0].module.partition(".")[0] == package:
                return provider_of(points[0])
        file = getattr(sys.modules.get(cls.__module__), "__file__", None)
        return provider_of_file("", Path(file)) if file else Provider("")

    def catalogue(self, kind: str = "") -> list[Entry]:
        """Everything, or one kind and the plugins that cannot be loaded; imports all of it."""
        broken = []
        for name, points in self._points.items():
            try:
                self._load_plugin(name)
            except PluginError as error:
                broken.append(Entry("", name, provider_of(points[0]), reason=error.message))
        kinds = [kind] if kind else list(KINDS)
        return [
            self._entry(plugin, each, name)
            for each in kinds
            for plugin in self._loaded
            for name in sorted(plugin.stages[each])
        ] + broken

    @property
    def _loaded(self) -> list[Plugin]:
        return [self._builtin, *self._local, *self._installed.values()]

    @cached_property
    def _points(self) -> dict[str, list[EntryPoint]]:
        return installed() if self._discover else {}

    def _plugins_of(self, name: str) -> list[Plugin]:
        """Plugins that a stage of this name belongs to; loads the installed one."""
        prefix, dot, _ = name.partition(".")
        if not dot:
            return [self._builtin]
        if prefix == LOCAL:
            return self._local
        return [self._load_plugin(prefix)] if prefix in self._points else []

    def _load_plugin(self, prefix: str) -> Plugin:
        if prefix not in self._installed:
            self._installed[prefix] = load_points(self._points[prefix])
        return self._installed[prefix]

    def _add_file(self, path: Path) -> None:
        plugin, module = load_file(path)
        for before in self._local:
            for kind in KINDS:
                if same := sorted(before.stages[kind].keys() & plugin.stages[kind].keys()):
                    raise PluginError(
                        f"{before.provider.path} and {path} both have {a_noun(kind)} {same[0]!r}",
                        "give one of them another name, or leave one file out",
                    )
        self._local.append(plugin)
        self.modules = (*self.modules, module)

    def _load(self, plugin: Plugin, kind: str, name: str) -> type[Stage]:
        provider = plugin.provider
        try:
            target = plugin.stages[kind][name]
            if isinstance(target, str):
                module, _, attribute = target.partition(":")
                target = getattr(import_module(module), attribute)
            stage = lawful(target, kind, name)
        except (Exception, SystemExit) as error:
            raise PluginError(
                f"the {noun(kind)} {name!r} of {provider} is broken: {reason(error)}",
                f"correct {provider.path}"
                if provider.path
                else f"update {provider.distribution} or tell its authors, or name another stage",
            ) from error
        self._providers[stage] = provider
        return stage

    def _entry(self, plugin: Plugin, kind: str, name: str) -> Entry:
        try:
            return Entry(kind, name, plugin.provider, self._load(plugin, kind, name))
        except PluginError as error:
            return Entry(kind, name, plugin.provider, reason=error.message)
