"""What to say when no stage has the name that a config gives."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from importlib.metadata import EntryPoint

from gmmflow.errors import PluginError
from gmmflow.plugin.installed import distribution, provider_of
from gmmflow.plugin.local import PREFIX as LOCAL
from gmmflow.plugin.registration import Plugin
from gmmflow.plugin.words import a_noun, noun, nouns
from gmmflow.stage import KINDS

#: Likeness from which two names are near each other; difflib's own threshold.
_ALIKE = 0.6


def unknown_stage(
    kind: str,
    name: str,
    plugins: Sequence[Plugin],
    points: Mapping[str, Sequence[EntryPoint]],
    load: Callable[[str], Plugin],
) -> PluginError:
    """Make the error for a name that no stage of the kind has.

    Parameters
    ----------
    kind : str
        One of `KINDS`, or empty where any kind would do.
    name : str
    plugins : sequence of Plugin
        Those that are loaded.
    points : mapping of str to sequence of EntryPoint
        What is installed.
    load : callable
        Loads the plugin of an entry point; used only where `name` names its package.

    Raises
    ------
    PluginError
        The package that `name` names is broken.
    """
    message = f"no {noun(kind)} is called {name!r}"
    package = _package(name, points)
    if package is not None:
        plugin = load(package)
        plugins = [*plugins, plugin]
    known = _known(kind, plugins)
    other = [k for plugin in plugins for k in plugin.kinds_of(name)]
    hints = []
    if other:
        hints.append(f"{name!r} is {a_noun(other[0])} (slot {KINDS[other[0]]})")
    if package is not None:
        hints.append(_stages_of_package(kind, points[package][0], plugins[-1]))
    elif not other and (near := closest(name, known)):
        hints.append(f"did you mean {near[0]!r}?")
    hints.append(f"known: {', '.join(known)}" if known else f"no {noun(kind)} is known")
    loaded = {plugin.provider.name for plugin in plugins}
    hints.append(_where_else(kind, name, points, loaded))
    return PluginError(message, "; ".join(hint for hint in hints if hint).replace("?; ", "? "))


def closest(name: str, known: Iterable[str]) -> list[str]:
    """Names that are spelled like this one, best first, whatever their case.

    A prefix that is not there is left out where it helps nothing: gmmflow.kmeans is kmeans.
    """
    known = list(known)
    for attempt in (name, name.rpartition(".")[2]):
        likeness = {each: _likeness(attempt, each) for each in known}
        near = [each for each in known if likeness[each] >= _ALIKE]
        if near:
            return sorted(near, key=lambda each: -likeness[each])
    return []


def _likeness(typed: str, name: str) -> float:
    """From 0 to 1; a name may also be spelled as its file is: kmeans_pp for kmeans++."""
    spelled = name.replace("++", "_pp").replace("||", "_parallel")
    return max(
        SequenceMatcher(None, typed.lower(), each.lower()).ratio() for each in {name, spelled}
    )


def _known(kind: str, plugins: Iterable[Plugin]) -> list[str]:
    kinds = [kind] if kind else list(KINDS)
    return sorted({name for plugin in plugins for each in kinds for name in plugin.stages[each]})


def _canonical(package: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", package).lower()


def _package(name: str, points: Mapping[str, Sequence[EntryPoint]]) -> str | None:
    """The entry point whose distribution, or module, or own name somebody took for the stage's."""
    prefix = name.rpartition(".")[0]
    for point_name, same in points.items():
        if prefix == point_name:
            continue  # a name of the right form: the stage is missing, not misnamed
        of_point = {_canonical(point_name)}
        for point in same:
            of_point |= {_canonical(distribution(point)), _canonical(point.module)}
        if of_point & {_canonical(name), _canonical(prefix)}:
            return point_name
    return None


def _stages_of_package(kind: str, point: EntryPoint, plugin: Plugin) -> str:
    own = _known(kind, [plugin])
    what = f"its {noun(kind)} is" if len(own) == 1 else f"its {nouns(kind)} are"
    stages = f"{what} {', '.join(own)}" if own else f"it has no {noun(kind)}"
    return f"{distribution(point)!r} is the package; {stages}"


def _where_else(
    kind: str, name: str, points: Mapping[str, Sequence[EntryPoint]], loaded: Container[str]
) -> str:
    """What else could be tried, and where we looked."""
    prefix, dot, _ = name.partition(".")
    if prefix == LOCAL and dot:
        return "stages of local files need plugins: {paths: [FILE.py]}"
    listing = f"see gmmflow plugins list {kind}".rstrip()
    described = {each: f"{each} ({provider_of(same[0])})" for each, same in points.items()}
    if not dot or prefix in points:
        more = ", ".join(text for each, text in described.items() if each not in loaded)
        return f"more in plugins {more}: {listing}" if more else ""
    there = f"installed are {', '.join(described.values())}" if points else "none is installed"
    return f"no plugin {prefix!r} is installed for {sys.executable} ({there}): {listing}"
