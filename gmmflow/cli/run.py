"""``gmmflow run CONFIG``: fit what a config says, and leave a run folder."""

from __future__ import annotations

import argparse
import json

from gmmflow.cli.parser import add_config_arguments
from gmmflow.cli.signals import interruptible
from gmmflow.errors import Exit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_config_arguments(parser)
    add_output_argument(parser)
    parser.add_argument(
        "--restart",
        action="store_true",
        help="remove the results of an earlier run from the folder and start over",
    )


def add_output_argument(parser: argparse.ArgumentParser) -> None:
    """Add ``--output`` of verbs that name the run folder of a config."""
    parser.add_argument(
        "--output", metavar="DIR", help="the run folder, in place of the config's `output:`"
    )


def overrides(args: argparse.Namespace) -> list[str]:
    """The values of ``--set``, and that of ``--output`` as one of them."""
    if args.output is None:
        return list(args.overrides)
    return [*args.overrides, f"output={json.dumps(args.output)}"]


def run(args: argparse.Namespace) -> int:
    """Run the config."""
    from gmmflow.api import run as run_config

    with interruptible():
        run_config(args.config, overrides(args), args.restart)
    return Exit.DONE
