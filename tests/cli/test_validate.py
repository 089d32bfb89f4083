import json
import subprocess
import sys
from pathlib import Path

import pytest

from gmmflow.cli.main import main

CONFIG = "data: {type: csv, path: none.csv}\nmodel: {components: 2}\n"


@pytest.fixture
def fit(tmp_path, monkeypatch):
    """A config of data that do not exist: validate must not look for them."""
    monkeypatch.chdir(tmp_path)
    Path("fit.yaml").write_text(CONFIG, encoding="utf-8")
    return "fit.yaml"


def test_a_valid_config_says_what_it_would_use(fit, capsys):
    flags = ["--set", "init.sample=50", "--set", "report=[console, html]"]
    assert main(["validate", fit, *flags]) == 0
    assert capsys.readouterr().out == (
        "fit.yaml is valid\n"
        "  data      csv (path: none.csv)\n"
        "  model     2 components, gaussian (covariance: VVV)\n"
        "  init      kmeans++ (sample: 50), 1 start\n"
        "  fit       soft, ml\n"
        "  stop      log_likelihood, max_iterations\n"
        "  run       threads\n"
        "  report    console, html\n"
    )


def test_problems_are_listed_on_stderr(fit, capsys):
    assert main(["validate", fit, "--set", "model.components=0", "--set", "sed=1"]) == 78
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "--set: model.components: must be at least 1, is 0\n" in captured.err
    assert captured.err.startswith(
        "error:\n--set: sed: unknown option 'sed'\n --set | sed=1\n       | ^ did you mean 'seed'?"
    )
    assert captured.err.endswith("2 problems in fit.yaml; nothing was run.\n")


def test_json(fit, capsys):
    assert main(["validate", fit, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["valid"] is True
    assert found["config"]["init"]["type"] == "kmeans++"
    Path(fit).write_text(CONFIG + "sed: 1\n", encoding="utf-8")
    assert main(["validate", fit, "--json"]) == 78
    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert problem["source"] == "fit.yaml"
    assert (problem["line"], problem["column"], problem["path"]) == (3, 1, "sed")
    assert "did you mean 'seed'?" in problem["hint"]


def test_a_config_that_is_not_there(capsys):
    assert main(["validate", "/nowhere/fit.yaml"]) == 66
    assert capsys.readouterr().err == (
        "error: /nowhere/fit.yaml: there is no such config\n  check the path\n"
    )


def test_it_loads_nothing_heavy(tmp_path):
    text = (
        f"{CONFIG}transform: [standardize]\nrun: distributed\n"
        "report: [console, html, json, assignments, trajectory]\n"
    )
    text = text.replace("run: distributed", "run: {type: distributed, address: 'tcp://x:1'}")
    (tmp_path / "fit.yaml").write_text(text, encoding="utf-8")
    code = """
import sys
from gmmflow.cli.main import main
assert main(["validate", "fit.yaml"]) == 0
heavy = {"scipy", "pyarrow", "dask", "distributed", "plotly", "rich", "pandas", "sklearn"}
print(sorted(heavy & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_models_to_compare_are_counted(fit, capsys):
    flags = ["model.components={from: 2, to: 4}", "model.distribution.covariance=[EEE, VVV]"]
    assert main(["validate", fit, "--set", flags[0], "--set", flags[1]]) == 0
    out = capsys.readouterr().out
    said = "2 to 4 components, gaussian (covariance: EEE), gaussian (covariance: VVV)\n"
    assert f"  model     {said}" in out
    assert "  select    6 models by bic\n" in out
    more = ["--set", "select.criterion=held_out", "--set", "model.components=[2, 5]"]
    assert main(["validate", fit, *more]) == 0
    out = capsys.readouterr().out
    assert "  model     2, 5 components, " in out
    assert "  select    2 models by held_out, 20% of the rows\n" in out
