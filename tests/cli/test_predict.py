import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

import gmmflow
from gmmflow.cli.main import main


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_rows_of_the_run_go_to_stdout(finished, capsys):
    assert main(["predict", finished]) == 0
    found = table(capsys.readouterr().out)
    assert [row["row"] for row in found] == [str(i) for i in range(60)]
    assert [row["component"] for row in found] == ["0"] * 40 + ["1"] * 20


def test_assignments_and_predict_agree(finished, capsys):
    main(["predict", finished])
    found = [row["component"] for row in table(capsys.readouterr().out)]
    parts = sorted(Path(finished, "assignments").iterdir())
    assert len(parts) == 3
    assert found == [row["component"] for part in parts for row in table(part.read_text())]


def test_probabilities_are_those_of_python(finished, rows, capsys):
    assert main(["predict", finished, "--proba"]) == 0
    found = table(capsys.readouterr().out)
    proba = [[float(row["resp_0"]), float(row["resp_1"])] for row in found]
    assert proba == gmmflow.load(finished).predict_proba(rows).tolist()


def write_rows(path: Path, rows) -> Path:
    """The rows with their columns in another order, and one more."""
    columns = {"b": rows[:, 1], "extra": np.arange(len(rows)), "a": rows[:, 0]}
    if path.suffix == ".parquet":
        pq.write_table(pa.table(columns), path, row_group_size=7)
    elif path.suffix == ".npy":
        np.save(path, rows)
    else:
        sign = "\t" if path.suffix == ".tsv" else ","
        np.savetxt(path, np.stack(list(columns.values()), axis=1), delimiter=sign,
                   header=sign.join(columns), comments="")  # fmt: skip
    return path


@pytest.mark.parametrize("name", ["new.csv", "new.tsv", "new.parquet", "new.npy", "NEW.csv"])
def test_columns_of_a_new_file_are_found_by_name(finished, rows, name, capsys):
    path = write_rows(Path(name), rows[::-1])
    assert main(["predict", finished, str(path)]) == 0
    found = [row["component"] for row in table(capsys.readouterr().out)]
    assert found == ["1"] * 20 + ["0"] * 40


def test_a_yaml_file_says_how_to_read(finished, rows, capsys):
    Path("sub").mkdir()
    np.savetxt("sub/odd.txt", rows, delimiter=";", header="a;b", comments="")
    data = {"data": {"type": "csv", "path": "odd.txt", "delimiter": ";"}}
    Path("sub/data.yaml").write_text(yaml.safe_dump(data))
    assert main(["predict", finished, "sub/data.yaml"]) == 0
    assert len(table(capsys.readouterr().out)) == 60


@pytest.mark.parametrize("chunk_size", [16, 1 << 20])
def test_chunks_do_not_matter(finished, rows, chunk_size, capsys):
    write_rows(Path("new.parquet"), rows)
    data = {"data": {"type": "parquet", "path": "new.parquet", "chunk_size": chunk_size}}
    Path("data.yaml").write_text(yaml.safe_dump(data))
    assert main(["predict", finished, "data.yaml"]) == 0
    assert [row["component"] for row in table(capsys.readouterr().out)] == ["0"] * 40 + ["1"] * 20


def test_output_files_hold_the_same(finished, rows):
    for output in ("p.csv", "p.parquet", "parts/"):
        assert main(["predict", finished, "--proba", "-o", output]) == 0
    assert main(["predict", finished, "-o", "p.npy"]) == 0
    assert main(["predict", finished, "--proba", "-o", "proba.npy"]) == 0
    proba = gmmflow.load(finished).predict_proba(rows)
    assert np.load("proba.npy").tolist() == proba.tolist()
    assert np.load("p.npy").tolist() == proba.argmax(axis=1).tolist()
    for path in ("p.parquet", "parts"):
        found = pq.read_table(path).to_pydict()
        assert found["component"] == proba.argmax(axis=1).tolist()
        assert found["resp_1"] == proba[:, 1].tolist()
    assert len(list(Path("parts").iterdir())) == 3
    assert len(table(Path("p.csv").read_text())) == 60
    assert not [path for path in Path().iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere"], 66, "there is no model in nowhere"),
        (["out", "new.xls"], 64, "what kind of file is new.xls?"),
        (["out", "gone.csv"], 66, "there is no file"),
        (["out", "short.csv"], 65, "short.csv: there is no column 'b'"),
        (["out", "wide.npy"], 65, "wide.npy has 3 columns, and the model has 2"),
        (["out", "nan.csv"], 65, "nan.csv"),
        (["out", "broken.yaml"], 78, "data: is missing"),
        (["out", "-o", "p.xls"], 64, "what kind of file shall p.xls be?"),
        (["out", "-o", "nodir/p.csv"], 73, "nodir/p.csv: could not be written"),
        (["out", "-o", "short.csv/"], 73, "short.csv: could not be written"),
    ],
)
def test_what_cannot_be_done_is_said(finished, capsys, arguments, code, said):
    Path("short.csv").write_text("a,c\n1,2\n")
    Path("nan.csv").write_text("a,b\n1,2\n,4\n")
    Path("broken.yaml").write_text("seed: 1\n")
    np.save("wide.npy", np.zeros((4, 3)))
    assert main(["predict", *arguments]) == code
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err
    assert not Path("p.xls").exists()


def test_changed_data_of_the_run_are_not_taken_for_the_same(folder, config, capsys):
    assert main(["run", config()]) == 0
    Path("rows.csv").write_text("a,b\n1,2\n")
    assert main(["predict", "out"]) == 65
    assert "the data of this run have changed since it was fitted" in capsys.readouterr().err
    assert main(["predict", "out", "rows.csv"]) == 0


def test_a_saved_model_has_no_data_of_its_own(finished, capsys):
    gmmflow.load(finished).save("saved")
    assert main(["predict", "saved"]) == 66
    assert "saved holds a model, but no config.resolved.yaml" in capsys.readouterr().err


def test_a_file_is_whole_or_not_there(finished, capsys):
    Path("half.csv").write_text("a,b\n" + "1,2\n" * 400 + "1,x\n")
    assert main(["predict", finished, "half.csv", "-o", "p.csv"]) == 65
    assert not Path("p.csv").exists()
    assert not list(Path().glob(".p.csv*"))
