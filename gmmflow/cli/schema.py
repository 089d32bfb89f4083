"""``gmmflow schema``: the JSON Schema of configs, for editors."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from gmmflow.errors import Exit, OutputError
from gmmflow.plugin.manager import Registry
from gmmflow.stage import Stage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("-o", "--output", metavar="FILE", help="write there instead of to stdout")
    parser.add_argument("--builtin", action="store_true", help="leave installed plugins out")


def run(args: argparse.Namespace) -> int:
    """Print or write the schema."""
    text = schema_text(args.builtin)
    if args.output is None:
        sys.stdout.write(text)
        return Exit.DONE
    try:
        Path(args.output).write_text(text, encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise OutputError(f"{args.output}: {error.strerror}", "name a file") from None
    print(f"wrote {args.output}", file=sys.stderr)
    return Exit.DONE


def schema_text(only_builtin: bool) -> str:
    """The schema as JSON text.

    Parameters
    ----------
    only_builtin : bool
        Whether to leave out what installed plugins add.
    """
    from gmmflow.config.schema import config_schema

    registry = Registry(discover=not only_builtin)

    def stages(kind: str) -> dict[str, type[Stage]]:
        return {name: registry.find(kind, name) for name in registry.names(kind, load=True)}

    return json.dumps(config_schema(stages), indent=2, ensure_ascii=False) + "\n"
