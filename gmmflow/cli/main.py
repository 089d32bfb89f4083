"""The command ``gmmflow``: finds the verb, runs it, and turns errors into exit codes.

Only the verb that is called is imported; each is a module with ``add_arguments(parser)`` and
``run(args) -> int``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from gmmflow.cli.failures import report_failure
from gmmflow.cli.parser import Parser
from gmmflow.errors import Exit, UsageError

#: Verb -> (module, help in one line).
VERBS = {
    "run": ("gmmflow.cli.run", "fit what a config says, and leave a run folder"),
    "validate": ("gmmflow.cli.validate", "check a config, without touching data"),
    "plan": ("gmmflow.cli.plan", "say what a run would read, hold, compute and write"),
    "init": ("gmmflow.cli.init", "write a commented config, from a data file if there is one"),
    "config": ("gmmflow.cli.config", "show a config with everything filled in"),
    "schema": ("gmmflow.cli.schema", "print the JSON Schema of configs, for editors"),
    "plugins": ("gmmflow.cli.plugins", "list, show, check or begin plugins"),
    "predict": ("gmmflow.cli.predict", "assign rows with the model of a finished run"),
    "score": ("gmmflow.cli.score", "log densities of rows under a finished run's model"),
    "sample": ("gmmflow.cli.sample", "draw rows from a finished run's model"),
    "report": ("gmmflow.cli.report", "write the reports of a finished run again"),
    "version": ("gmmflow.cli.version", "print versions, for bug reports"),
}

_EPILOG = """\
gmmflow VERB --help says more of a verb; gmmflow VERB --debug shows tracebacks.
exit codes: 0 done, 64 usage, 65 data, 66 no input, 69 no cluster, 70 a bug, 73 output not
writable, 74 disk full or I/O error, 75 interrupted (run again), 77 no permission, 78 config."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; by default those of the process.

    Returns
    -------
    int
        The exit code.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if "numpy" not in sys.modules:
        # Our threads each use one BLAS thread: starting a BLAS pool costs 0.1 s for nothing.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse leaves so after --help
        return stop.code if isinstance(stop.code, int) else Exit.DONE
    except BrokenPipeError:
        # Whoever read our output has gone; the interpreter must not try to flush it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.IO
    except (Exception, KeyboardInterrupt) as error:
        return report_failure(error, debug="--debug" in arguments)
    return code


def _dispatch(arguments: list[str]) -> int:
    if not arguments:
        print(_help(), file=sys.stderr)
        return Exit.USAGE
    if arguments[0] in ("-h", "--help"):
        print(_help())
        return Exit.DONE
    if arguments[0] == "--version":
        arguments = ["version"]
    verb, *rest = arguments
    if verb not in VERBS:
        raise UsageError(f"'{verb}' is no verb{_hint(verb)}", "see: gmmflow --help")
    module, help_line = VERBS[verb]
    home = import_module(module)
    parser = Parser(prog=f"gmmflow {verb}", description=help_line.capitalize() + ".")
    home.add_arguments(parser)
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    # Verbs below a verb have parsers of their own; --debug may stand after those too.
    code: int = home.run(parser.parse_args([each for each in rest if each != "--debug"]))
    return code


def _help() -> str:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {verb:{width}}  {line}" for verb, (_, line) in VERBS.items())
    about = "Mixture models as pipelines: a YAML file, pluggable stages, data of any size."
    return f"usage: gmmflow VERB ...\n\n{about}\n\nverbs:\n{verbs}\n\n{_EPILOG}"


def _hint(verb: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(verb, VERBS, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""
