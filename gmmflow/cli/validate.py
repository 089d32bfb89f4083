"""``gmmflow validate CONFIG``: everything that is wrong with a config, without touching data."""

from __future__ import annotations

import argparse
import json
from typing import Any

from gmmflow.cli.parser import add_config_arguments
from gmmflow.config import InvalidConfig, LoadedConfig, load
from gmmflow.errors import Exit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_config_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def run(args: argparse.Namespace) -> int:
    """Check the config, and say what it would use."""
    try:
        loaded = load(args.config, args.overrides)
    except InvalidConfig as error:
        if not args.json:
            raise
        problems = [problem.as_dict() for problem in error.problems]
        print(json.dumps({"valid": False, "problems": problems}, indent=2))
        return error.exit_code
    if args.json:
        print(json.dumps({"valid": True, "config": loaded.resolved}, indent=2))
    else:
        print(f"{args.config} is valid\n{describe(loaded)}")
    return Exit.DONE


def describe(loaded: LoadedConfig) -> str:
    """The stages that a config uses, one slot a line, with the options that it sets."""
    values = loaded.resolved
    model, fit = values["model"], values["fit"]

    def stage(path: str) -> str:
        return _stage(loaded, path)

    def stages(path: str, listed: list[Any]) -> str:
        return ", ".join(stage(f"{path}.{i}") for i in range(len(listed)))

    lines = {
        "data": stage("data"),
        "transform": stages("transform", values["transform"]),
        "model": f"{_count(model['components'], 'component')}, {stage('model.distribution')}",
        "init": f"{stage('init')}, {_count(fit['restarts'], 'start')}",
        "fit": f"{stage('fit.e_step')}, {stage('fit.m_step')}",
        "stop": stages("fit.convergence", fit["convergence"]),
        "run": stage("run"),
        "report": stages("report", values["report"]),
        "output": values["output"] or "",
    }
    return "\n".join(f"  {name:<9} {text}" for name, text in lines.items() if text)


def _stage(loaded: LoadedConfig, path: str) -> str:
    """A stage in the way a person would write it."""
    options: Any = loaded.resolved
    for part in path.split("."):
        options = options[int(part)] if isinstance(options, list) else options[part]
    shown = []
    for name, value in options.items():
        if isinstance(value, dict) and "type" in value:
            shown.append(f"{name}: {_stage(loaded, f'{path}.{name}')}")
        elif name != "type" and loaded.origins.get(f"{path}.{name}", "default") != "default":
            shown.append(f"{name}: {_value(value)}")
    return f"{options['type']} ({', '.join(shown)})" if shown else str(options["type"])


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
