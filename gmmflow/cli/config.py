"""``gmmflow config show CONFIG``: the config with everything filled in, and where it is from."""

from __future__ import annotations

import argparse
import json
from typing import Any

from gmmflow.cli.parser import add_config_arguments
from gmmflow.config import LoadedConfig, dump_yaml, load
from gmmflow.errors import Exit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    verbs = parser.add_subparsers(required=True, metavar="show")
    show = verbs.add_parser("show", help="print the resolved config")
    add_config_arguments(show)
    show.add_argument("--origins", action="store_true", help="say where each value was written")
    show.add_argument("--json", action="store_true", help="print JSON instead of YAML")


def run(args: argparse.Namespace) -> int:
    """Print the resolved config."""
    loaded = load(args.config, args.overrides)
    if args.json:
        shown: Any = loaded.resolved
        if args.origins:
            shown = {"config": loaded.resolved, "origins": loaded.origins}
        print(json.dumps(shown, indent=2))
    else:
        print(_table(loaded) if args.origins else dump_yaml(loaded.resolved), end="")
    return Exit.DONE


def _table(loaded: LoadedConfig) -> str:
    """One value a line: path, value, origin."""
    rows = []
    for path, origin in loaded.origins.items():
        value: Any = loaded.resolved
        for part in path.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
        rows.append((f"{path}: {json.dumps(value, ensure_ascii=False)}", origin))
    width = min(max(len(text) for text, _ in rows), 60)
    return "".join(f"{text:<{width}}  # {origin}\n" for text, origin in rows)
