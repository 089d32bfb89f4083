from pathlib import Path

import pytest

import gmmflow
from gmmflow.cli.main import main
from gmmflow.config import load

DATA = Path(gmmflow.__file__).parent / "data"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(*arguments):
    assert main(["init", *arguments]) == 0
    target = arguments[arguments.index("-o") + 1] if "-o" in arguments else "gmmflow.yaml"
    return Path(target).read_text(encoding="utf-8"), load(target).config


def test_without_data(capsys):
    text, config = written()
    assert capsys.readouterr().out == "wrote gmmflow.yaml; next: gmmflow run gmmflow.yaml\n"
    assert text.startswith("# yaml-language-server: $schema=./gmmflow.schema.json\n")
    assert "  # Put the path of your data here.\n  path: data.csv\n" in text
    assert config.model.components == (2,)


def test_from_a_data_file():
    Path("old_faithful.csv").write_bytes((DATA / "old_faithful.csv").read_bytes())
    assert main(["init", "old_faithful.csv"]) == 0
    data = load("old_faithful.yaml").config.data
    assert data.model_dump(include={"type", "path", "columns"}) == {
        "type": "csv",
        "path": "old_faithful.csv",
        "columns": ("eruptions", "waiting"),
    }


def test_classes_are_suggested_as_labels():
    text, config = written(str(DATA / "iris.csv"), "-o", "iris.yaml")
    assert config.data.columns == (
        "Sepal.Length",
        "Sepal.Width",
        "Petal.Length",
        "Petal.Width",
    )
    assert "# Left out: 'Species' (3 different values).\n" in text
    assert "# 'Species' may be it: setosa, versicolor, virginica.\n  #labels: null\n" in text


def test_the_path_is_relative_to_the_config(folder):
    (folder / "data").mkdir()
    (folder / "configs").mkdir()
    Path("data/x.csv").write_text("a,b\n1.5,2.5\n", encoding="utf-8")
    _, config = written("data/x.csv", "-o", "configs/x.yaml")
    assert config.data.path == "../data/x.csv"


def test_it_is_printed_with_a_dash(capsys, folder):
    assert main(["init", "-o", "-"]) == 0
    assert "gmmflow validate CONFIG" in capsys.readouterr().out
    assert list(folder.iterdir()) == []


def test_it_does_not_overwrite(capsys):
    Path("gmmflow.yaml").write_text("mine\n", encoding="utf-8")
    assert main(["init"]) == 73
    assert "gmmflow.yaml is there already\n  --force overwrites it" in capsys.readouterr().err
    assert Path("gmmflow.yaml").read_text(encoding="utf-8") == "mine\n"
    text, _ = written("--force")
    assert "mine" not in text


def test_it_does_not_write_over_the_data(capsys):
    Path("x.csv").write_text("a\n1\n", encoding="utf-8")
    assert main(["init", "x.csv", "-o", "x.csv", "--force"]) == 64
    assert "x.csv is the data file" in capsys.readouterr().err
    assert Path("x.csv").read_text(encoding="utf-8") == "a\n1\n"


@pytest.mark.parametrize("target", ["none/x.yaml", "."])
def test_a_config_that_cannot_be_written(capsys, target):
    assert main(["init", "--force", "-o", target]) == 73
    assert f"error: {target}: " in capsys.readouterr().err


def test_rows_without_a_value_are_counted():
    rows = "".join(f"{i / 7},{'' if i % 10 == 0 else i / 3}\n" for i in range(50))
    Path("x.csv").write_text("a,b\n" + rows, encoding="utf-8")
    text, _ = written("x.csv", "-o", "x.yaml")
    assert "# 5 of the first 50 rows lack a value.\n  #missing: refuse\n" in text
