"""``gmmflow plugins list | show | check | new``: what stages there are, and how to add one."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from gmmflow.cli.stage_card import card_of, render_card
from gmmflow.errors import Exit, UsageError
from gmmflow.plugin.catalogue import Entry
from gmmflow.plugin.manager import Registry
from gmmflow.plugin.scaffold import KINDS_OFFERED, write_package
from gmmflow.plugin.words import kind_of, noun
from gmmflow.stage import KINDS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs below this one."""
    verbs = parser.add_subparsers(required=True, metavar="list | show | check | new")
    listing = verbs.add_parser("list", help="everything that is registered, broken plugins too")
    listing.add_argument(
        "kind", nargs="?", metavar="KIND", help="one kind only: " + " ".join(KINDS)
    )
    show = verbs.add_parser("show", help="a stage: what it does, its options, who provides it")
    check = verbs.add_parser("check", help="hold a stage against the laws of its kind")
    for verb in (show, check):
        verb.add_argument("name", metavar="NAME", help="the name of a stage, as in YAML")
    for verb in (listing, show, check):
        verb.add_argument(
            "--path", action="append", default=[], metavar="FILE", dest="paths",
            help="a plugin file, as in plugins.paths; may be given again",
        )  # fmt: skip
        verb.add_argument("--json", action="store_true", help="print JSON")
    new = verbs.add_parser("new", help="write a package with a working stage and its tests")
    new.add_argument(
        "name", metavar="NAME", help="prefix of your stages, or a whole name: acme, acme.sobol"
    )
    new.add_argument(
        "--kind", required=True, metavar="KIND", help=f"one of: {', '.join(KINDS_OFFERED)}"
    )
    new.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER", help="by default gmmflow-PREFIX, here"
    )
    for verb, action in ((listing, _list), (show, _show), (check, _check), (new, _new)):
        verb.set_defaults(action=action)


def run(args: argparse.Namespace) -> int:
    """Do what one of the verbs says."""
    code: int = args.action(args)
    return code


def _list(args: argparse.Namespace) -> int:
    kind = kind_of(args.kind) if args.kind else ""
    if kind is None:
        raise UsageError(f"{args.kind!r} is no kind of stage", f"kinds: {', '.join(KINDS)}")
    entries = Registry(args.paths).catalogue(kind)
    if args.json:
        print(json.dumps([_record(entry) for entry in entries], indent=2))
        return Exit.DONE
    rows = [("kind", "name", "provider", "state", "")]
    rows += [
        (entry.kind or "?", entry.name, str(entry.provider), entry.state,
         entry.reason or entry.summary)
        for entry in entries
    ]  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    screen = shutil.get_terminal_size(fallback=(1000, 24)).columns
    for row in rows:
        line = "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=False))
        line = f"{line}  {row[4]}".rstrip()
        # A summary may be cut at the edge of the screen; the reason of a failure never is.
        print(line if row[3] == "broken" else line[:screen])
    return Exit.DONE


def _record(entry: Entry) -> dict[str, object]:
    return {
        "kind": entry.kind or None,
        "name": entry.name,
        "provider": entry.provider.record(),
        "state": entry.state,
        "reason": entry.reason or None,
        "summary": entry.summary or None,
    }


def _show(args: argparse.Namespace) -> int:
    registry = Registry(args.paths)
    cards = [card_of(registry, kind, args.name) for kind in registry.kinds(args.name)]
    if args.json:
        print(json.dumps(cards, indent=2))
    else:
        print("\n\n".join(render_card(card) for card in cards))
    return Exit.DONE


def _check(args: argparse.Namespace) -> int:
    from gmmflow.testing import check_stage
    from gmmflow.testing.report import render

    registry = Registry(args.paths)
    found, failed = [], False
    for kind in registry.kinds(args.name):
        stage = registry.find(kind, args.name)
        results = check_stage(stage)
        # Where every check was skipped, nothing is known of the stage.
        failed |= not any(result.status == "passed" for result in results)
        failed |= any(result.status == "failed" for result in results)
        found += [{"kind": kind, **vars(result)} for result in results]
        if not args.json:
            print(f"{noun(kind)} {args.name} ({registry.provider(stage)})\n{render(results)}")
    if args.json:
        print(json.dumps(found, indent=2))
    return Exit.DATA if failed else Exit.DONE


def _new(args: argparse.Namespace) -> int:
    folder, files = write_package(args.name, args.kind, args.output)
    print(f"wrote {folder}:")
    for file in files:
        print(f"  {file.relative_to(folder)}")
    print(
        f"next:\n  pip install -e '{folder}[test]'\n  pytest {folder}\n"
        f"  gmmflow run {folder}/example.yaml"
    )
    return Exit.DONE
