import json
from pathlib import Path

import pytest

from gmmflow.cli.main import main
from gmmflow.config import load


@pytest.fixture
def fit(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "data: {type: csv, path: none.csv}\nmodel:\n  components: 2\n"
    Path("fit.yaml").write_text(text, encoding="utf-8")
    return "fit.yaml"


def test_what_is_shown_is_the_same_config(fit, capsys):
    assert main(["config", "show", fit, "--set", "fit.restarts=4"]) == 0
    Path("again.yaml").write_text(capsys.readouterr().out, encoding="utf-8")
    again = load("again.yaml").config
    assert again == load(fit, ["fit.restarts=4"]).config
    assert again.fit.restarts == 4


def test_origins(fit, capsys):
    assert main(["config", "show", fit, "--origins", "--set", "seed=7"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "seed: 7 # --set" in lines
    assert "model.components: 2 # fit.yaml:3:15" in lines
    assert 'init.type: "kmeans++" # default' in lines


def test_json(fit, capsys):
    assert main(["config", "show", fit, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == load(fit).resolved
    assert main(["config", "show", fit, "--json", "--origins"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == {"config": load(fit).resolved, "origins": load(fit).origins}
    assert shown["origins"]["model.components"] == "fit.yaml:3:15"


def test_a_wrong_config_is_not_shown(fit, capsys):
    assert main(["config", "show", fit, "--set", "init=nothing"]) == 78
    assert "no initializer is called 'nothing'" in capsys.readouterr().err
