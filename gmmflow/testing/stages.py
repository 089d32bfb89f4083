"""Laws of every stage, whatever its kind: options, documentation, pickling, cost of import."""

from __future__ import annotations

import inspect
import json
import pickle
import subprocess
import sys
from functools import cache

from pydantic import ValidationError

from gmmflow.plugin.laws import lawful
from gmmflow.plugin.registration import Refused
from gmmflow.testing.law import Broken, Skip, law, require
from gmmflow.testing.subject import Subject, rebuilt

#: What a stage module may not import at its top: `gmmflow validate` imports every stage that a
#: config names, and each of these costs more than all the rest of it.
HEAVY = (
    "dask", "distributed", "matplotlib", "numba", "pandas", "plotly", "polars", "pyarrow", "rich",
    "scipy", "sklearn", "torch", "jax", "zarr", "h5py",
)  # fmt: skip

#: Run in a fresh interpreter; the last line says which of them were loaded.
PROBE = """
import importlib, json, sys
sys.path[:] = json.loads(sys.argv[1])
try:
    importlib.import_module(sys.argv[2])
    print(json.dumps([name for name in json.loads(sys.argv[3]) if name in sys.modules]))
except ModuleNotFoundError as error:
    print(json.dumps(str(error)))
"""


@law("the class keeps the rules of registration")
def registrable(subject: Subject) -> None:
    """Frozen, final, a literal type with a default, every option described."""
    name = subject.cls.model_fields["type"].default
    try:
        lawful(subject.cls, subject.cls.kind, str(name))
    except Refused as error:
        raise Broken(str(error)) from None


@law("the docstring says what the stage does")
def documented(subject: Subject) -> None:
    """Its first line is what listings show."""
    doc = inspect.cleandoc(vars(subject.cls).get("__doc__") or "")
    require(doc, f"{subject.cls.__name__} has no docstring of its own")
    first = doc.splitlines()[0]
    require(len(first) >= 10, f"the first line of the docstring says too little: {first!r}")


@law("every option has a description")
def described(subject: Subject) -> None:
    """Descriptions become the schema and the commented config."""
    for name, field in subject.cls.options().items():
        require((field.description or "").strip(), f"option {name!r} has no description")


@law("options make a round trip")
def round_trip(subject: Subject) -> None:
    """The resolved config of a run folder gives the same stage again."""
    stage = subject.stage
    again = rebuilt(stage)
    require(again == stage, f"{again!r} came back from the options of {stage!r}")
    json.dumps(stage.model_dump(mode="json"))


@law("unknown options are refused")
def unknown_refused(subject: Subject) -> None:
    """A typing mistake never passes in silence."""
    stage = subject.stage
    try:
        type(stage)(**{**dict(stage), "no_such_option_": 1})
    except ValidationError as error:
        wrong = [each["loc"] for each in error.errors() if each["type"] == "extra_forbidden"]
        require(wrong == [("no_such_option_",)], f"refused for another reason: {error}")
    else:
        raise Broken("the option no_such_option_ was accepted")


@law("options cannot be changed")
def frozen(subject: Subject) -> None:
    """A stage is a value: nothing learned lives on it."""
    stage = subject.stage
    for name in type(stage).model_fields:
        try:
            setattr(stage, name, getattr(stage, name))
        except ValidationError:
            continue
        raise Broken(f"{name} could be set")


@law("the stage travels to other processes")
def pickles(subject: Subject) -> None:
    """By reference where its module can be imported, by value where it is a local file."""
    import cloudpickle

    stage = subject.stage
    again = pickle.loads(cloudpickle.dumps(stage))
    require(again == stage, f"{again!r} came back for {stage!r}")


@law("importing the module loads no heavy library")
def light(subject: Subject) -> None:
    """Checked in a fresh interpreter; import such libraries inside functions."""
    loaded = loaded_by(subject.cls.__module__)
    if isinstance(loaded, str):
        raise Skip(f"the module cannot be imported by its name: {loaded}")
    require(
        not loaded,
        f"importing {subject.cls.__module__} loads {', '.join(loaded)}: "
        "import them inside the functions that need them",
    )


@cache
def loaded_by(module: str) -> list[str] | str:
    """Heavy libraries that importing a module loads, or why it cannot be imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(sys.path), module, json.dumps(HEAVY)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    require(done.returncode == 0, f"importing {module} failed:\n{done.stderr.strip()[-2000:]}")
    found: list[str] | str = json.loads(done.stdout.splitlines()[-1])
    return found
