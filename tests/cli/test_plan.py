import json
from pathlib import Path

import pytest

from gmmflow.cli.main import main
from gmmflow.cli.plan import size

SYNTHETIC = {"type": "synthetic", "n_rows": 1_000_000, "n_features": 4, "chunk_size": "8MiB"}


def plan(name, capsys, *flags):
    assert main(["plan", name, "--json", *flags]) == 0
    return json.loads(capsys.readouterr().out)


def test_nothing_is_done(config, capsys):
    name = config()
    before = sorted(Path().iterdir())
    assert main(["plan", name]) == 0
    assert main(["plan", name, "--json"]) == 0
    assert sorted(Path().iterdir()) == before


def test_a_person_reads_what_would_happen(config, capsys):
    assert main(["plan", config(data=SYNTHETIC, report=["html", "assignments"])]) == 0
    out = capsys.readouterr().out
    for said in (
        "read      drawn from 3 Gaussian components\n          1,000,000 rows\n",
        "4 columns: x0, x1, x2, x3 (float64)",
        "4 chunks: 3 of 262,144 rows, 1 of 213,568 rows",
        "the rows are held: 30.5 MiB of the",
        "2 components of gaussian VVV in 4 columns, 1 start by kmeans++, 29 free parameters each",
        "one pass an iteration for all starts, at most 500",
        "about 1.2e+08 floating-point operations an iteration",
        f"write     {Path('out').absolute()}, which is new\n",
        "report.html",
        "assignments/part-*",
        "_SUCCESS",
    ):
        assert said in out


@pytest.mark.parametrize(("memory", "held"), [("1GiB", True), ("100MB", False)])
def test_the_budget_decides_whether_rows_are_held(config, capsys, memory, held):
    name = config(data=SYNTHETIC, run={"type": "threads", "memory": memory, "threads": 2})
    found = plan(name, capsys)
    assert found["held"] is held
    assert found["rows_memory"] == (32_000_000 if held else 2 * 2 * (8 << 20))
    assert found["row_bytes"] == 32_000_000
    assert found["read"]["chunks"] == [[262144, 3], [213568, 1]]
    main(["plan", name])
    out = capsys.readouterr().out
    assert ("read again in every sweep" in out) is not held
    assert ("MORE THAN the budget" in out) is (found["memory"] > found["budget"])


def test_text_has_to_be_read_to_be_counted(config, capsys):
    found = plan(config(), capsys)
    assert found["read"]["n_rows"] is None
    assert found["read"]["names"] == ["a", "b"]
    assert found["held"] is True
    # No more numbers than that fit in the text.
    assert found["row_bytes"] >= 60 * 2 * 8
    found = plan(config(run={"type": "threads", "memory": 1000}), capsys)
    assert found["held"] is None


def test_candidates_and_free_parameters(config, capsys):
    found = plan(config(data=SYNTHETIC, fit={"restarts": 5}), capsys)
    assert (found["candidates"], found["n_free"]) == (5, 29)
    assert found["flops"] == 4 * 1e6 * 5 * (29 + 2)
    data = {**SYNTHETIC, "labels": True}
    found = plan(config(data=data, fit={"restarts": 5}, init="labels"), capsys)
    assert found["candidates"] == 1
    changed = plan(
        config(
            data=SYNTHETIC,
            transform=[{"type": "select", "columns": ["x1"]}],
            fit={"convergence": ["log_likelihood"]},
        ),
        capsys,
    )
    assert (changed["n_features"], changed["n_free"]) == (1, 5)
    assert changed["iteration_limit"] is None


def test_the_folder_is_looked_at(config, capsys):
    name = config()
    assert main(["run", name]) == 0
    capsys.readouterr()
    assert plan(name, capsys)["write"]["state"].startswith("holds this finished run")
    other = plan(name, capsys, "--set", "model.components=3")["write"]["state"]
    assert other.startswith("would be refused: ")
    assert "model.components: 2 there, 3 here" in other
    free = plan(name, capsys, "--output", "elsewhere")["write"]
    assert (free["folder"], free["state"]) == (str(Path("elsewhere").absolute()), "is new")


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"data": {"type": "csv", "path": "gone.csv"}}, 66, "there is no file"),
        ({"data": {"type": "csv", "path": "rows.csv", "columns": ["z"]}}, 65, "no column 'z'"),
        ({"transform": [{"type": "select", "columns": ["z"]}]}, 65, "no column 'z'"),
        ({"model": {"components": 0}}, 78, "model.components"),
    ],
)
def test_what_a_run_would_not_find_is_said(config, capsys, changes, code, said):
    assert main(["plan", config(**changes)]) == code
    assert said in capsys.readouterr().err


def test_bytes_are_shown_as_people_read_them():
    assert [size(n) for n in (0, 1023, 1024, 3 << 29, 5 << 40)] == [
        "0 B", "1023 B", "1 KiB", "1.5 GiB", "5 TiB",
    ]  # fmt: skip


def test_models_are_counted_and_their_cost_is_added_up(config, capsys):
    several = {"components": {"from": 1, "to": 3}, "distribution": {"covariance": ["EEE", "VVV"]}}
    name = config(data=SYNTHETIC, model=several, fit={"restarts": 2})
    found = plan(name, capsys)
    assert [(m["components"], m["distribution"]) for m in found["models"][:3]] == [
        (1, "gaussian EEE"), (1, "gaussian VVV"), (2, "gaussian EEE"),
    ]  # fmt: skip
    assert (found["candidates"], found["n_free"]) == (12, 44)
    alone = [
        plan(name, capsys, "--set", f"model.components={k}", "--set",
             f"model.distribution.covariance={family}")
        for k in (1, 2, 3) for family in ("EEE", "VVV")
    ]  # fmt: skip
    assert found["flops"] == sum(each["flops"] for each in alone)
    assert found["statistics_memory"] == sum(each["statistics_memory"] for each in alone)
    assert found["work_memory"] == max(each["work_memory"] for each in alone)
    assert main(["plan", name]) == 0
    out = capsys.readouterr().out
    assert (
        "1 to 3 components of gaussian EEE, gaussian VVV in 4 columns, 6 models of 14 to 44 free "
        "parameters, each 2 starts by kmeans++\n"
    ) in out
    assert "one pass an iteration for all candidates" in out
