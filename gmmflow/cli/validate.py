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
    """The stages that a config uses, one slot a line."""
    values = loaded.resolved
    model, fit = values["model"], values["fit"]
    components = f"{model['components']} component{'s' if model['components'] != 1 else ''}"
    restarts = f"{fit['restarts']} start{'s' if fit['restarts'] != 1 else ''}"
    lines = {
        "data": _stage(values["data"]),
        "transform": _stages(values["transform"]),
        "model": f"{components}, {_stage(model['distribution'])}",
        "init": f"{_stage(values['init'])}, {restarts}",
        "fit": f"{_stage(fit['e_step'])}, {_stage(fit['m_step'])}",
        "convergence": _stages(fit["convergence"]),
        "run": _stage(values["run"]),
        "report": _stages(values["report"]),
        "output": values["output"] or "",
    }
    return "\n".join(f"  {name:<12} {text}" for name, text in lines.items() if text)


def _stages(stages: list[dict[str, Any]]) -> str:
    return "; ".join(_stage(stage) for stage in stages)


def _stage(stage: dict[str, Any]) -> str:
    """A stage in the way a person would write it, what is null left out."""
    options = {name: value for name, value in stage.items() if name != "type"}
    shown = [f"{name}: {_value(value)}" for name, value in options.items() if value is not None]
    return f"{stage['type']} ({', '.join(shown)})" if shown else str(stage["type"])


def _value(value: Any) -> str:
    if isinstance(value, dict) and "type" in value:
        return _stage(value)
    if isinstance(value, str):
        return value
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
