"""Plugin files that a config names under `plugins.paths`; their stages are local.NAME.

>>> @hookimpl
... def gmmflow_convergence():
...     return {"local.patience": Patience}
"""

from __future__ import annotations

import sys
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from gmmflow.errors import PluginError
from gmmflow.plugin.provider import provider_of_file
from gmmflow.plugin.registration import Plugin, Refused, register

PREFIX = "local"


def load_file(path: Path) -> tuple[Plugin, ModuleType]:
    """Import a plugin file and register its stages.

    Raises
    ------
    PluginError
        The file is not there, is no Python file, raises, or breaks a rule of plugins.
    """
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        raise PluginError(
            f"the plugin file {path} {what}",
            "name a Python file; paths are relative to the file that states them",
        )
    try:
        module = _import(path)
        return register(module, PREFIX, provider_of_file(PREFIX, path)), module
    except Refused as error:
        raise PluginError(f"the plugin file {path}: {error}", "correct the file") from error
    except (Exception, SystemExit) as error:
        raise PluginError(
            f"the plugin file {path} raised {type(error).__name__}: {error}{_line(error, path)}",
            "correct the file; what it imports must be installed, or be in the file itself",
        ) from error


def _import(path: Path) -> ModuleType:
    # Place and contents make the name: the same file is imported once in a process, and after a
    # change it is another module.
    digest = sha256(str(path).encode() + b"\0" + path.read_bytes()).hexdigest()[:12]
    stem = "".join(c if c.isalnum() else "_" for c in path.stem)
    name = f"gmmflow_local_{stem}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise Refused("its name does not end with .py")
    module = module_from_spec(spec)
    sys.modules[name] = module  # pydantic looks up names of annotations here
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _line(error: BaseException, path: Path) -> str:
    """Where in the file it happened: the last of its lines on the way to the error."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return ""  # the message of a SyntaxError names file and line
    line, traceback = 0, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == str(path):
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return f" (line {line})" if line else ""
