"""Writes the package that `gmmflow plugins new` begins: a working stage, installable and tested.

The templates are files with ``$name`` where a name goes in, and the ending ``.in``; those of a
kind stand beside those that every package has.
"""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template

import gmmflow
from gmmflow.errors import OutputError, UsageError
from gmmflow.plugin.installed import RESERVED
from gmmflow.plugin.laws import CONTRACTS
from gmmflow.plugin.words import a_noun, kind_of, noun

_TEMPLATES = Path(__file__).parent / "template"
#: Kinds there is a template for, and what its stage is called unless the user says.
_EXAMPLES = {
    "initializers": "farthest",
    "distributions": "exponential",
    "convergence": "plateau",
}
#: As the user may write them.
KINDS_OFFERED = tuple(kind.removesuffix("s") for kind in _EXAMPLES)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def write_package(name: str, kind: str, folder: Path | None = None) -> tuple[Path, list[Path]]:
    """Write a package that provides one stage.

    Parameters
    ----------
    name : str
        Prefix of the stages ("acme"), or a whole name ("acme.sobol").
    kind : str
        What the stage is, one of `KINDS_OFFERED`.
    folder : Path, optional
        Where to; new or empty. By default ``gmmflow-PREFIX`` in the current folder.

    Returns
    -------
    tuple of Path and list of Path
        The folder, and the files in it.

    Raises
    ------
    UsageError
        The name or the kind cannot be used.
    OutputError
        The folder is not empty.
    """
    full_kind = kind_of(kind)
    if full_kind not in _EXAMPLES:
        raise UsageError(
            f"there is no template for a package of kind {kind!r}",
            f"kinds with one: {', '.join(KINDS_OFFERED)}; the others follow the same form, see "
            "base.py in the folder of the kind",
        )
    names = _names(name, full_kind)
    folder = folder or Path(names["distribution"])
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder} exists already", "name another folder with -o")
    texts = _render(full_kind, names)
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder, [folder / path for path in texts]


def _names(name: str, kind: str) -> dict[str, str]:
    prefix, dot, stage = name.partition(".")
    stage = stage if dot else _EXAMPLES[kind]
    for part in (prefix, stage):
        if not _NAME.fullmatch(part) or keyword.iskeyword(part):
            raise UsageError(
                f"{part!r} cannot be part of the name of a stage",
                "use small letters, digits and _, such as acme or acme.sobol",
            )
    if prefix in RESERVED:
        raise UsageError(f"{prefix!r} is taken", "name the package after yourself or its subject")
    return {
        "prefix": prefix,
        "stage": stage,
        "class": "".join(part.capitalize() for part in stage.split("_")),
        "distribution": f"gmmflow-{prefix.replace('_', '-')}",
        "package": f"gmmflow_{prefix}",
        "kind": kind,
        "noun": noun(kind),
        "A_noun": a_noun(kind).capitalize(),
        "contract": CONTRACTS[kind],
        "version": gmmflow.__version__,
    }


def _render(kind: str, names: dict[str, str]) -> dict[str, str]:
    """Contents of the package, by path."""
    texts = {}
    for source in (_TEMPLATES / "package", _TEMPLATES / kind.removesuffix("s")):
        for path in sorted(source.iterdir()):
            text = path.read_text()
            if re.search(rf"^(?:from|import) .*\b{names['class']}\b", text, re.MULTILINE):
                raise UsageError(
                    f"a stage called {names['stage']!r} would be the class {names['class']}, "
                    "a name that the package needs for something else",
                    "choose another name",
                )
            texts[_PLACES[path.name].format(**names)] = Template(text).substitute(names)
    return texts


#: Where each template goes.
_PLACES = {
    "README.md.in": "README.md",
    "example.yaml.in": "example.yaml",
    "hooks.py.in": "src/{package}/__init__.py",
    "pyproject.toml.in": "pyproject.toml",
    "stage.py.in": "src/{package}/{stage}.py",
    "test_stage.py.in": "tests/test_{stage}.py",
    "visits.csv.in": "visits.csv",
}
