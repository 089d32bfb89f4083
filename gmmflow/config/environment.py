"""``${ENV:NAME}`` and ``${ENV:NAME:-default}`` inside string values.

Replaced after parsing, so that a variable cannot add keys, and the result is always text. A
literal ``${ENV:`` is written ``$${ENV:``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gmmflow.config.node import Node
from gmmflow.config.problems import Problem

_USE = re.compile(
    r"(?P<literal>\$\$\{ENV:)"
    r"|\$\{ENV:(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^}]*)?\}"
    r"|(?P<broken>\$\{ENV:)"
)


def substitute(node: Node, environ: Mapping[str, str], problems: list[Problem]) -> Node:
    """The node with the environment put into its strings.

    Parameters
    ----------
    node : Node
    environ : mapping of str to str
    problems : list of Problem
        Grows by variables that are not set and have no default.
    """
    value = node.value
    if isinstance(value, dict):
        value = {name: substitute(each, environ, problems) for name, each in value.items()}
    elif isinstance(value, list):
        value = [substitute(each, environ, problems) for each in value]
    elif isinstance(value, str) and "${ENV:" in value:
        return Node(_replace(value, node, environ, problems), node.place, node.key)
    else:
        return node
    return Node(value, node.place, node.key, node.text)


def escape(text: str) -> str:
    """Text that `substitute` turns into `text`."""
    return text.replace("${ENV:", "$${ENV:")


def _replace(text: str, node: Node, environ: Mapping[str, str], problems: list[Problem]) -> str:
    def one(match: re.Match[str]) -> str:
        if match["literal"]:
            return "${ENV:"
        if match["broken"]:
            hint = "write ${ENV:NAME} or ${ENV:NAME:-default}, or $${ENV: for the text itself"
            problems.append(Problem(node.place, "", "'${ENV:' without a name and '}'", hint))
            return ""
        name, default = match["name"], match["default"]
        found = environ.get(name, "")
        if not found and default is None and name not in environ:
            hint = f"set it, or write ${{ENV:{name}:-default}}"
            message = f"the environment variable {name} is not set"
            problems.append(Problem(node.place, "", message, hint))
        return found or (default or "")[2:]

    return _USE.sub(one, text)
