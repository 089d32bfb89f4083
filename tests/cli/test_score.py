import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

import gmmflow
from gmmflow.cli.main import main
from gmmflow.em.frame import Frame


def test_the_data_of_the_run_have_the_score_of_the_fit(finished, capsys):
    assert main(["score", finished, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    model = gmmflow.load(finished)
    assert found["rows"] == 60
    assert found["log_likelihood"] == pytest.approx(model.log_likelihood, rel=1e-12)
    assert found["mean_log_likelihood"] == pytest.approx(model.log_likelihood / 60, rel=1e-12)
    assert found["bic"] == pytest.approx(model.bic(), rel=1e-12)
    assert found["aic"] == pytest.approx(model.aic(), rel=1e-12)
    assert found["units"] == "data"


def test_a_person_reads_a_line_a_measure(finished, capsys):
    assert main(["score", finished]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "rows", "weight", "log likelihood", "mean log likelihood", "bic", "aic", "units",
    ]  # fmt: skip


def test_new_rows_are_scored_as_in_python(finished, capsys):
    new = np.array([[0.0, 0.5], [9.0, 4.0], [100.0, -3.0]])
    np.savetxt("new.csv", new, delimiter=",", header="a,b", comments="")
    assert main(["score", finished, "new.csv", "--samples"]) == 0
    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    expected = gmmflow.load(finished).score_samples(new)
    assert [float(row["log_density"]) for row in found] == expected.tolist()
    assert main(["score", finished, "new.csv", "--samples", "-o", "s.npy"]) == 0
    assert np.load("s.npy").tolist() == expected.tolist()
    assert main(["score", finished, "new.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["log_likelihood"] == pytest.approx(expected.sum())


def test_row_weights_count(config, capsys):
    lines = Path("rows.csv").read_text().splitlines()
    weighted = [f"{line},{i % 3}" for i, line in enumerate(lines[1:])]
    Path("rows.csv").write_text("\n".join(["a,b,w", *weighted]) + "\n")
    data = {"type": "csv", "path": "rows.csv", "sample_weight": "w"}
    assert main(["run", config(data=data, report=[])]) == 0
    assert main(["score", "out", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["rows"], found["weight"]) == (60, 60.0)
    fitted = gmmflow.load("out").log_likelihood
    assert found["log_likelihood"] == pytest.approx(fitted, rel=1e-12)
    assert found["log_likelihood"] != pytest.approx(
        gmmflow.load("out").score_samples(np.loadtxt("rows.csv", delimiter=",", skiprows=1)[:, :2]
    ).sum(), rel=1e-6)  # fmt: skip


@pytest.mark.parametrize("transform", ["standardize", {"type": "select", "columns": ["b"]}])
def test_scores_behind_a_transform_are_those_of_the_fit(config, capsys, transform):
    assert main(["run", config(transform=[transform], report=[])]) == 0
    assert main(["score", "out", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["log_likelihood"] == pytest.approx(gmmflow.load("out").log_likelihood, rel=1e-12)
    assert found["units"] == "data"


def test_densities_in_other_units_are_said_to_be(finished, capsys, monkeypatch):
    monkeypatch.setattr(Frame, "log_abs_det", None)
    assert main(["score", finished, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["units"] == "transformed"


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["-o", "x.csv"], "--output is for --samples"),
        (["--json", "--samples"], "--json and --samples exclude each other"),
    ],
)
def test_flags_that_mean_nothing_together_are_refused(finished, capsys, flags, said):
    assert main(["score", finished, *flags]) == 64
    assert said in capsys.readouterr().err
