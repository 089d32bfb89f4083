"""The layers of the package, parsed from its imports; and what starting it loads."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import gmmflow
from gmmflow.stage import KINDS

ROOT = Path(gmmflow.__file__).parent
REPOSITORY = Path(__file__).parents[1]

#: From the ground up: a part may import itself and what stands before it. Kinds stand on one
#: level; `config` and `plugin` stand beside `em`, which knows neither.
ORDER = [
    "errors", "numerics", "stage", "control_groups", "durable", "memory", "values", "kernels",
    *KINDS, "em", "plugin", "config", "run_folder", "model", "api", "estimators", "testing", "cli",
    "__main__",
]  # fmt: skip
BESIDE = {("plugin", "em"), ("config", "em")}
#: Slow to import, and not needed to check a config.
HEAVY = {
    "scipy", "pyarrow", "dask", "distributed", "plotly", "rich", "pandas", "fsspec", "h5py", "zarr",
}  # fmt: skip
#: Who may speak of Dask. The kit tests executors, which takes Dask data.
DASK = ("loaders/", "executors/", "testing/executors.py")


@cache
def modules() -> list[tuple[str, str, ast.Module]]:
    """(path below the package, part it belongs to, syntax tree) of every module but templates."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith("plugin/template/"):
            part = name.split("/")[0].removesuffix(".py")
            found.append((name, part, ast.parse(path.read_text())))
    return found


def imports(tree: ast.Module, top_only: bool = False) -> Iterator[str]:
    """Modules that are imported, those for type checkers excepted."""
    nodes: list[ast.AST] = list(tree.body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            # `from package import module` and `from module import name` look the same.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        if not (top_only and function):
            nodes.extend(ast.iter_child_nodes(node))


def inner(tree: ast.Module) -> Iterator[list[str]]:
    """Imports from the package, as the words after ``gmmflow``."""
    for name in imports(tree):
        words = name.split(".")
        if words[0] == "gmmflow" and words[1:] not in ([], ["__version__"]):
            yield words[1:]


def test_every_part_has_its_place():
    parts = {part for _, part, _ in modules()} - {"__init__"}
    assert parts == set(ORDER)


def test_parts_import_only_what_stands_below():
    wrong = []
    for name, part, tree in modules():
        for words in inner(tree):
            other = words[0]
            if part in ("__init__", other) or other not in ORDER:  # public names: gmmflow.load
                continue
            level, its = ("kinds" if p in KINDS else p for p in (part, other))
            below = level == its or ORDER.index(other) < ORDER.index(part)
            if not below or (part, other) in BESIDE:
                wrong.append(f"{name} imports {'.'.join(words)}")
    assert not wrong


def test_kinds_know_other_kinds_by_their_contract_only():
    wrong = [
        f"{name} imports {'.'.join(words)}"
        for name, part, tree in modules()
        if part in KINDS
        for words in inner(tree)
        if words[0] in KINDS and words[0] != part and words[1] != "base"
    ]
    assert not wrong


def test_numerics_is_arrays_in_arrays_out():
    for name, part, tree in modules():
        if part == "numerics":
            assert {words[0] for words in inner(tree)} <= {"numerics"}, name


def test_only_loaders_and_executors_speak_of_dask():
    wrong = [
        name
        for name, _, tree in modules()
        if {each.split(".")[0] for each in imports(tree)} & {"dask", "distributed"}
        and not name.startswith(DASK)
    ]
    assert not wrong


def test_nothing_heavy_is_imported_at_the_top_of_a_module():
    wrong = [
        f"{name} imports {each}"
        for name, _, tree in modules()
        for each in imports(tree, top_only=True)
        if each.split(".")[0] in HEAVY
    ]
    assert not wrong


def test_what_starts_before_the_numbers_imports_no_numpy():
    for name, part, tree in modules():
        if part in ("__init__", "cli", "config", "plugin", "errors", "stage"):
            top = {each.split(".")[0] for each in imports(tree, top_only=True)}
            assert "numpy" not in top, name


@pytest.mark.parametrize("folder", ["gmmflow", "tests", "plugins", "benchmarks", "examples"])
def test_files_are_of_at_most_300_lines(folder):
    long = {
        path.relative_to(REPOSITORY).as_posix(): lines
        for path in (REPOSITORY / folder).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 300
    }
    assert not long


def loaded_after(code: str, *watched: str) -> set[str]:
    """Which of the watched packages a fresh interpreter has loaded after some code."""
    said = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint('loaded', *sys.modules)"],
        capture_output=True, text=True, check=True, cwd=REPOSITORY,
    ).stdout  # fmt: skip
    found = said.rsplit("loaded", 1)[1].split()
    return set(watched) & {name.split(".")[0] for name in found}


def test_importing_the_package_loads_no_numpy():
    assert loaded_after("import gmmflow", "numpy", "pydantic", *HEAVY) == set()


def test_asking_for_help_loads_no_numpy():
    code = (
        "from gmmflow.cli.main import main\n"
        "try: main(['--help'])\nexcept SystemExit as end: assert not end.code"
    )
    assert loaded_after(code, "numpy", *HEAVY) == set()


@pytest.mark.parametrize(
    "config", sorted((REPOSITORY / "configs").glob("*.yaml")), ids=lambda path: path.stem
)
def test_validating_loads_nothing_heavy(config):
    code = (
        "from gmmflow.cli.main import main\n"
        f"try: end = main(['validate', {str(config)!r}])\nexcept SystemExit as e: end = e.code\n"
        "assert not end, end"
    )
    assert loaded_after(code, *HEAVY) == set()
