"""What users get wrong in data and configs: a clear message, the documented code, nothing lost."""

import re
from pathlib import Path

import numpy as np
import pytest

from gmmflow.cli.main import main


def config(path="rows.csv", components=2, **more) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in more.items())
    return (
        f"data: {{type: csv, path: {path}}}\nmodel: {{components: {components}}}\n"
        f"report: [console]\noutput: out\n{lines}"
    )


def write(text: str, path: str = "rows.csv") -> None:
    Path(path).write_text(text, encoding="utf-8")


def grid(n: int) -> str:
    rows = np.random.default_rng(0).normal(size=(n, 2)).tolist()
    return "a,b\n" + "".join(f"{a},{b}\n" for a, b in rows)


def test_a_config_that_is_not_there(refused):
    refused(66, "fit.yaml: there is no such config")


def test_a_data_file_that_is_not_there(refused):
    write(grid(9), "rows_2026.csv")
    refused(66, "there is no file", "rows.csv", "did you mean 'rows_2026.csv'?", config=config())


def test_an_empty_file(refused):
    write("")
    refused(65, "rows.csv is empty", config=config())


def test_a_file_that_is_no_text_does_not_reach_the_terminal(refused):
    write("a\n\x1b[31m1,2\x1b]0;title\x07\n,\n")
    refused(65, r"Expected 1 columns, got 2: \x1b[31m1,2\x1b]0;title\x07", config=config())


def test_a_header_without_rows(refused):
    write("a,b\n")
    refused(65, "rows.csv has no rows", config=config())


def test_columns_that_are_not_there(refused):
    write(grid(9))
    text = config().replace("rows.csv", "rows.csv, columns: [a, bb]")
    refused(65, "rows.csv: there is no column 'bb'", "the columns are 'a', 'b'", config=text)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("blue", "column 'b' holds text, 'blue', in row 3"),
        ("nan", "row 3"),
        ("", "row 3"),
        ("inf", "row 3"),
        ("-inf", "row 3"),
        ("1e999", "row 3"),
    ],
)
def test_a_value_that_is_no_finite_number(refused, value, said):
    write(f"a,b\n1,2\n2,3\n3,{value}\n5,8\n9,1\n")
    # An all-numeric first block is what makes the column numeric: it is asked for by name.
    text = config().replace("rows.csv", "rows.csv, columns: [a, b]")
    refused(65, "rows.csv", "'b'", said, config=text)


def test_fewer_rows_than_components(refused):
    write(grid(4))
    refused(65, "4 rows cannot carry 5 components", "model.components", config=config(components=5))


def test_all_rows_equal(refused):
    write("a,b\n" + "1,2\n" * 20)
    refused(65, "all 20 rows are equal", config=config())


def test_a_constant_column(refused):
    write("a,b\n" + "".join(f"{i * i},7\n" for i in range(20)))
    refused(65, "constant column: b", "`data.columns`", config=config())
    refused(65, "'b' is constant", config=config(transform="[standardize]"))


COLLAPSES = """
data: {type: csv, path: rows.csv}
model: {components: 2}
init:
  type: given
  parameters:
    means: [[0, 0], [50, 50]]
    covariances: [[[1, 0], [0, 1]], [[1, 0], [0, 1]]]
output: out
"""


def test_a_component_that_collapses_is_named_with_a_remedy(refused):
    write(grid(50) + "50,50\n" * 9)
    said = refused(65, "the fit is degenerate: component 1: ", config=COLLAPSES)
    assert "singular" in said or "collapsed" in said
    assert "\n  " in said.rstrip()


def test_a_component_that_empties_is_named_with_a_remedy(refused):
    write(grid(50))
    far = COLLAPSES.replace("[50, 50]", "[9e5, 9e5]")
    refused(65, "the fit is degenerate: component 1: ", "empt", config=far)


def test_the_other_starts_go_on_when_some_are_degenerate(folder, capsys):
    # Two groups, and rows so far out that a component on one of them has nothing else.
    alone = "".join(f"{a},{b}\n" for a in (-40, 40) for b in (-40, 40)) + "0,80\n80,0\n"
    near = np.random.default_rng(0).normal([[0, 0]] * 40 + [[9, 5]] * 40)
    write("a,b\n" + "".join(f"{a},{b}\n" for a, b in near.tolist()) + alone)
    write(config(components=3, init="random_points", fit="{restarts: 12}"), "fit.yaml")
    assert main(["run", "fit.yaml"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"\d starts? degenerate.*: component \d: ", out)
    assert "Converged" in out
    assert Path("out/_SUCCESS").exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("init: kmeans+", "init: no initializer is called 'kmeans+'"),
        ("init: {type: acme.points}", "acme.points"),
        ("fit: {restart: 3}", "fit.restart: unknown option 'restart'"),
        ("init: {type: kmeans++, sample: many}", "init.sample"),
        ("init: {type: kmeans++, sample: 0}", "init.sample"),
    ],
)
def test_a_stage_or_an_option_that_is_not_there(refused, changed, said):
    write(grid(9))
    refused(78, "fit.yaml:5:", said, "nothing was run", config=config() + changed)
    assert not Path("out").exists()


def test_a_stage_whose_distribution_is_installed_under_another_name(folder, command):
    home = folder / "site/gmmflow_acme-1.2.dist-info"
    home.mkdir(parents=True)
    write("Metadata-Version: 2.1\nName: gmmflow-acme\nVersion: 1.2\n", home / "METADATA")
    write("[gmmflow]\nacme-stages = gmmflow_acme\n", home / "entry_points.txt")
    write(grid(9))
    write(config(init="acme.points"), "fit.yaml")
    done = command("run", "fit.yaml", env={"PYTHONPATH": str(folder / "site")})
    assert done.returncode == 78
    assert "'acme.points'" in done.stderr
    assert "acme-stages" in done.stderr
    assert "gmmflow-acme 1.2" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data: {type: csv\nmodel: 3\n", "fit.yaml:"),
        ("data: [1, 2\n", "fit.yaml:"),
        ("data:\n\t- tab\n", "fit.yaml:2:"),
        ("seed: 1\nseed: 2\n", "seed"),
        ("", "the config is empty"),
        ("just words\n", "fit.yaml:1:1"),
        ("a: &a [x, x]\nb: &b [*a, *a]\n" + "".join(
            f"{chr(c + 1)}: &{chr(c + 1)} [*{chr(c)}, *{chr(c)}, *{chr(c)}, *{chr(c)}]\n"
            for c in range(ord("b"), ord("p"))), "alias"),
        ("a: &a [*a]\n", "alias"),
    ],
)  # fmt: skip
def test_yaml_that_is_none_or_a_bomb(refused, text, said):
    assert said in refused(78, config=text)


RAISES = """
from typing import Literal

from gmmflow import Convergence, hookimpl


class Broken(Convergence):
    \"\"\"Raises.\"\"\"

    type: Literal["local.broken"] = "local.broken"

    def check(self, trace):
        raise ValueError("the moon is in the way")


@hookimpl
def gmmflow_convergence():
    return {"local.broken": Broken}
"""


def test_a_plugin_that_raises_is_named(refused):
    write(grid(60))
    write(RAISES, "mine.py")
    more = {"fit": "{convergence: [local.broken]}", "plugins": "{paths: [mine.py]}"}
    refused(70, "'local.broken'", "mine.py", "ValueError: the moon is in the way",
            config=config(**more))  # fmt: skip
    assert '"exit_code": 70' in Path("out/manifest.json").read_text()


def test_a_plugin_that_cannot_be_loaded_is_named(refused):
    write(grid(60))
    write("import no_such_module_anywhere\n", "mine.py")
    refused(78, "mine.py", "no_such_module_anywhere", config=config(plugins="{paths: [mine.py]}"))
