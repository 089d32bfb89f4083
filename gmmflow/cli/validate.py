"""``gmmflow validate CONFIG``: everything that is wrong with a config, without touching data."""

from __future__ import annotations

import argparse
import json
from typing import Any

from gmmflow.cli.parser import add_config_arguments
from gmmflow.config import InvalidConfig, load
from gmmflow.config.model import RunConfig
from gmmflow.errors import Exit
from gmmflow.stage import Stage


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
        print(f"{args.config} is valid\n{describe(loaded.config)}")
    return Exit.DONE


def describe(config: RunConfig) -> str:
    """The stages that a config uses, one slot a line, with options that are not the default."""
    model, fit = config.model, config.fit
    lines = {
        "data": _stage(config.data),
        "transform": ", ".join(map(_stage, config.transform)),
        "model": f"{numbers(model.components)}, {', '.join(map(_stage, model.distribution))}",
        "init": f"{_stage(config.init)}, {_count(fit.restarts, 'start')}",
        "fit": f"{_stage(fit.e_step)}, {_stage(fit.m_step)}",
        "stop": ", ".join(map(_stage, fit.convergence)),
        "select": _selection(config),
        "run": _stage(config.run),
        "report": ", ".join(map(_stage, config.report)),
        "output": config.output or "",
    }
    return "\n".join(f"  {name:<9} {text}" for name, text in lines.items() if text)


def numbers(components: tuple[int, ...]) -> str:
    """``2 components``, ``1 to 9 components``, ``2, 3, 5 components``."""
    first, last = components[0], components[-1]
    if len(components) > 2 and components == tuple(range(first, last + 1)):
        return f"{first} to {last} components"
    return f"{', '.join(map(str, components))} component{'s' * (components != (1,))}"


def _selection(config: RunConfig) -> str:
    """What chooses among how many models; nothing where there is one."""
    select, count = config.select, len(config.model.components) * len(config.model.distribution)
    if count == 1 and select.criterion != "held_out":
        return ""
    rows = "" if select.criterion != "held_out" else f", {select.fraction:.0%} of the rows"
    return f"{_count(count, 'model')} by {select.criterion}{rows}"


def _stage(stage: Stage) -> str:
    """A stage in the way a person would write it."""
    plain = stage.model_dump(mode="json")
    shown = []
    for name, field in stage.options().items():
        value = getattr(stage, name)
        if isinstance(value, Stage):
            shown.append(f"{name}: {_stage(value)}")
        elif value != field.get_default(call_default_factory=True):
            shown.append(f"{name}: {_value(plain[name])}")
    return f"{stage.type} ({', '.join(shown)})" if shown else stage.type


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
