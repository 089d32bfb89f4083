"""The argument parser of every verb: a wrong command line is a `UsageError`."""

from __future__ import annotations

import argparse
from typing import NoReturn

from gmmflow.errors import UsageError


class Parser(argparse.ArgumentParser):
    """An `argparse` parser that raises, and takes no abbreviated options."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **options})  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`."""
        raise UsageError(message, f"see: {self.prog} --help")


def add_config_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of verbs that read a config: the file, and ``--set``."""
    parser.add_argument("config", metavar="CONFIG", help="the YAML file")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="A.B=VALUE",
        dest="overrides",
        help="put a value (in YAML) over that of the file; may be given again",
    )
