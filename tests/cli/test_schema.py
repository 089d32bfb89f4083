import json
import sys
from pathlib import Path

import pytest

from gmmflow.cli.main import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_it_is_printed(capsys):
    assert main(["schema", "--builtin"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    kmeans = schema["$defs"]["initializers.kmeans++"]["properties"]["type"]
    assert kmeans == {"const": "kmeans++"}


def test_it_is_written(capsys):
    assert main(["schema", "--builtin", "-o", "schema.json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "wrote schema.json\n"
    assert main(["schema", "--builtin"]) == 0
    assert Path("schema.json").read_text(encoding="utf-8") == capsys.readouterr().out


def test_it_has_installed_plugins(tmp_path, monkeypatch, capsys):
    package = tmp_path / "site"
    info = package / "gmmflow_acme-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gmmflow-acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[gmmflow]\nacme = gmmflow_acme\n")
    (package / "gmmflow_acme.py").write_text(
        "from typing import Literal\n"
        "from gmmflow import Convergence, hookimpl\n"
        "class Never(Convergence):\n"
        "    '''Never stop.'''\n"
        "    type: Literal['acme.never'] = 'acme.never'\n"
        "    def check(self, trace):\n"
        "        return None\n"
        "@hookimpl\n"
        "def gmmflow_convergence():\n"
        "    return {'acme.never': Never}\n"
    )
    monkeypatch.syspath_prepend(str(package))
    # What is imported here is gone afterwards: other tests have a gmmflow_acme of their own.
    monkeypatch.setitem(sys.modules, "gmmflow_acme", None)
    monkeypatch.delitem(sys.modules, "gmmflow_acme")
    assert main(["schema"]) == 0
    found = json.loads(capsys.readouterr().out)["$defs"]
    assert found["convergence.acme.never"]["description"] == "Never stop."
    assert "acme.never" in found["convergence"]["anyOf"][0]["enum"]


@pytest.mark.parametrize("target", ["none/schema.json", "."])
def test_a_file_that_cannot_be_written(capsys, target):
    assert main(["schema", "--builtin", "-o", target]) == 73
    assert f"error: {target}: " in capsys.readouterr().err
