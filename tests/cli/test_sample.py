import csv
import io

import numpy as np
import pytest

import gmmflow
from gmmflow.cli.main import main


def test_rows_are_those_of_python_with_their_components(finished, capsys):
    assert main(["sample", finished, "-n", "50", "--seed", "3"]) == 0
    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    rows, components = gmmflow.load(finished).sample(50, 3)
    assert [[float(row["a"]), float(row["b"])] for row in found] == rows.tolist()
    assert [int(row["component"]) for row in found] == components.tolist()


def test_a_long_sample_is_written_in_pieces(finished):
    n = (1 << 16) + 10
    assert main(["sample", finished, "-n", str(n), "-o", "s.npy"]) == 0
    found = np.load("s.npy")
    assert found.shape == (n, 2)
    assert found.tolist() == gmmflow.load(finished).sample(n, 0)[0].tolist()


def test_a_sample_can_be_predicted(finished, capsys):
    assert main(["sample", finished, "-n", "9", "-o", "s.csv"]) == 0
    assert main(["predict", finished, "s.csv"]) == 0
    predicted = [r["component"] for r in csv.DictReader(io.StringIO(capsys.readouterr().out))]
    with open("s.csv", newline="") as file:
        assert predicted == [row["component"] for row in csv.DictReader(file)]


def test_a_column_that_is_called_component_stays(config, capsys):
    with open("rows.csv", "r+", encoding="utf-8") as file:
        text = file.read().replace("a,b", "component,b")
        file.seek(0)
        file.write(text)
    assert main(["run", config(report=[])]) == 0
    assert main(["sample", "out", "-n", "2"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == '"component","b","component_"'


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ([], "-n"),
        (["-n", "0"], "-n must be at least 1, is 0"),
        (["-n", "two"], "two"),
        (["-n", "2", "--seed", "-1"], "--seed must not be negative, is -1"),
    ],
)
def test_wrong_numbers_are_refused(finished, capsys, flags, said):
    assert main(["sample", finished, *flags]) == 64
    assert said in capsys.readouterr().err
