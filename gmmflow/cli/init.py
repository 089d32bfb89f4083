"""``gmmflow init [DATAFILE]``: a commented config to start from."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from gmmflow.cli.survey import LOADERS, Survey, survey
from gmmflow.config.template import template
from gmmflow.errors import Exit, OutputError, UsageError
from gmmflow.plugin.manager import Registry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    known = ", ".join(each.removeprefix(".") for each in LOADERS)
    parser.add_argument("data", nargs="?", metavar="DATAFILE", help=f"a file to fit ({known})")
    parser.add_argument("-o", "--output", metavar="FILE", help="the config; - prints it")
    parser.add_argument("--force", action="store_true", help="overwrite the config")


def run(args: argparse.Namespace) -> int:
    """Write the config."""
    data = Path(args.data) if args.data else None
    target = Path(args.output or (f"{data.stem}.yaml" if data else "gmmflow.yaml"))
    if data is not None and target.absolute() == data.absolute():
        raise UsageError(f"{data} is the data file", "give the config another name with -o")
    name = "CONFIG" if args.output == "-" else target.name
    folder = Path.cwd() if args.output == "-" else target.absolute().parent
    text = config_text(data, folder, name)
    if args.output == "-":
        sys.stdout.write(text)
        return Exit.DONE
    try:
        with target.open("w" if args.force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError(f"{target} is there already", "--force overwrites it") from None
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise OutputError(f"{target}: {error.strerror}", "name a file in a folder") from None
    print(f"wrote {target}; next: gmmflow run {target}")
    return Exit.DONE


def config_text(data: Path | None, folder: Path, name: str) -> str:
    """The text of a config.

    Parameters
    ----------
    data : Path or None
        A file to look at.
    folder : Path
        Where the config will lie; the path of the data is relative to it.
    name : str
        Of the config, for the comments.
    """
    head = [
        "yaml-language-server: $schema=./gmmflow.schema.json",
        "",
        "The schema, for editors:  gmmflow schema -o gmmflow.schema.json",
        f"Check this file:          gmmflow validate {name}",
        f"Fit:                      gmmflow run {name}",
        "",
        "Lines such as '#seed: 0' show options that may be set, with their defaults.",
    ]
    values: dict[str, Any] = {
        "model": {"components": 2},
        "data": {"type": "csv", "path": "data.csv"},
    }
    notes = {"model.components": ["Two is a guess: it is yours to say."]}
    if data is None:
        notes["data.path"] = ["Put the path of your data here."]
    else:
        found = survey(data)
        path = Path(os.path.relpath(data.absolute(), folder)).as_posix()
        values["data"] = {"type": found.loader, "path": path, **found.options}
        if found.columns is not None:
            values["data"]["columns"] = found.columns
        notes |= _notes(found)
    return template(Registry(), values, notes, head)


def _notes(found: Survey) -> dict[str, list[str]]:
    """What the survey has to say, by the option that it concerns."""
    notes: dict[str, list[str]] = {}
    if found.left_out:
        reasons = "; ".join(f"{name!r} ({why})" for name, why in found.left_out.items())
        notes["data.columns"] = [f"Left out: {reasons}."]
    if found.classes:
        notes["data.labels"] = [
            f"{name!r} may be it: {', '.join(values)}." for name, values in found.classes.items()
        ]
    if found.incomplete:
        notes["data.missing"] = [
            f"{found.incomplete} of the first {found.n_rows} rows lack a value."
        ]
    return notes
