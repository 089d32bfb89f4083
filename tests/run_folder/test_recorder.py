import json
import shutil
from datetime import datetime

import pytest
import yaml

import gmmflow
from gmmflow.errors import DataError, FolderError, OutputError
from gmmflow.run_folder.recorder import Recorder, output_folder
from gmmflow.values.block import BLOCK_BYTES, span_rows

FILES = {
    "_SUCCESS", "config.resolved.yaml", "manifest.json", "model.json", "model.npz", "trace.jsonl",
}  # fmt: skip


def settings(run, /, **changes):
    return {
        "data": {"type": "csv", "path": str(run.folder / "rows.csv")},
        "model": {"components": 2},
        "report": [],
        "output": str(run.folder / "out"),
        **changes,
    }


def manifest(run):
    return json.loads((run.folder / "out/manifest.json").read_text())


def names(folder):
    return {each.name for each in folder.iterdir()}


def test_a_run_leaves_its_files_and_no_temporary_ones(run):
    gmmflow.run(settings(run))
    assert names(run.folder / "out") == FILES


def test_the_manifest_says_what_when_and_on_what(run):
    model = gmmflow.run(settings(run, seed=7, run={"type": "threads", "threads": 1}))
    found = manifest(run)
    assert (found["outcome"], found["exit_code"], found["seed"]) == ("finished", 0, 7)
    assert found["gmmflow"] == gmmflow.__version__
    assert found["config_hash"].startswith("sha256:")
    assert found["executor"]["threads"] == 1
    assert found["data"]["rows"] == 60
    assert found["data"]["chunks"] == [[60, 1]]
    assert found["data"]["columns"] == ["a", "b"]
    assert found["data"]["fingerprint"] == model.result.data.fingerprint
    assert found["data"]["block_bytes"] == BLOCK_BYTES
    assert found["data"]["span_rows"] == span_rows(2)
    assert found["result"]["log_likelihood"] == model.log_likelihood
    assert found["peak_memory_bytes"] > 1 << 20
    started, ended = (datetime.fromisoformat(found[name]) for name in ("started", "ended"))
    assert started.utcoffset() is not None
    assert 0 <= (ended - started).total_seconds() < 60
    assert found["seconds"] >= 0
    assert found["machine"]["packages"]["numpy"]
    assert found["plugins"] == []
    text = (run.folder / "out/manifest.json").read_text()
    assert text == json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_nothing_of_the_environment_is_written(run, monkeypatch):
    monkeypatch.setenv("GMMFLOW_TEST_TOKEN", "s3cr3t-value")
    gmmflow.run(settings(run))
    for path in (run.folder / "out").iterdir():
        assert b"s3cr3t-value" not in path.read_bytes()


def test_many_equal_chunks_take_one_entry(run):
    data = {"type": "synthetic", "n_rows": 1000, "n_features": 2, "chunk_size": 160}
    gmmflow.run(settings(run, data=data))
    assert manifest(run)["data"]["chunks"] == [[10, 100]]


def test_the_trace_has_a_line_for_each_step(run):
    model = gmmflow.run(settings(run, fit={"restarts": 3}))
    lines = (run.folder / "out/trace.jsonl").read_text().splitlines()
    assert len(lines) == sum(len(fit.trace) for fit in model.result.fits)
    steps = [json.loads(line) for line in lines]
    own = [s["log_likelihood"] for s in steps if s["candidate"] == model.result.best]
    assert own == [step.log_likelihood for step in model.result.fit.trace]


def test_the_resolved_config_runs_again_from_any_folder(run, tmp_path, monkeypatch):
    (run.folder / "fit.yaml").write_text(
        "data: {type: csv, path: rows.csv}\nmodel: {components: 2}\nreport: []\n", encoding="utf-8"
    )
    monkeypatch.chdir(run.folder)
    first = gmmflow.run("fit.yaml")
    out = run.folder / "runs/fit"
    assert first.folder == out
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    resolved = out / "config.resolved.yaml"
    assert yaml.safe_load(resolved.read_text())["seed"] == 0
    assert (out / "_SUCCESS").stat().st_size == 0
    again = gmmflow.run(resolved, restart=True)
    assert again.folder == out
    assert again.log_likelihood == first.log_likelihood
    assert (out / "_SUCCESS").exists()


def test_a_finished_run_is_not_run_again(run, capsys):
    config = settings(run, report=["console"])
    first = gmmflow.run(config)
    summary = capsys.readouterr().out
    before = {path: path.stat().st_mtime_ns for path in first.folder.iterdir()}
    again = gmmflow.run(config)
    captured = capsys.readouterr()
    assert captured.out == summary
    assert "this run was finished at 20" in captured.err
    assert "nothing was done, --restart runs it again" in captured.err
    assert again.log_likelihood == first.log_likelihood
    assert {path: path.stat().st_mtime_ns for path in first.folder.iterdir()} == before


def test_a_finished_run_with_other_reports_says_how_to_get_them(run, capsys):
    gmmflow.run(settings(run))
    gmmflow.run(settings(run, report=["trajectory"]))
    captured = capsys.readouterr()
    assert f"gmmflow report {run.folder / 'out'} writes others" in captured.err
    assert captured.out == ""


def test_changed_data_are_refused_and_restart_takes_them(run):
    gmmflow.run(settings(run))
    rows = run.folder / "rows.csv"
    rows.write_text(rows.read_text() + "1,2\n")
    with pytest.raises(FolderError, match="holds the results of other data") as caught:
        gmmflow.run(settings(run))
    assert "--restart" in caught.value.remedy
    gmmflow.run(settings(run), restart=True)
    assert manifest(run)["data"]["rows"] == 61


def test_results_are_still_there_when_the_data_are_gone(run):
    first = gmmflow.run(settings(run))
    (run.folder / "rows.csv").unlink()
    assert gmmflow.run(settings(run)).log_likelihood == first.log_likelihood


def test_a_failed_run_says_so_and_starts_over(run):
    rows = run.folder / "rows.csv"
    good = rows.read_text()
    rows.write_text("a,b\n1,2\n3,nan\n")
    with pytest.raises(DataError):
        gmmflow.run(settings(run))
    found = manifest(run)
    assert (found["outcome"], found["exit_code"]) == ("failed", 65)
    assert found["error"].startswith("DataError: ")
    assert "\n" not in found["error"]
    assert names(run.folder / "out") == {"config.resolved.yaml", "manifest.json"}
    rows.write_text(good)
    gmmflow.run(settings(run))
    assert names(run.folder / "out") == FILES


def test_an_interrupted_run_says_so(run):
    loaded = run.loaded(report=[])
    with pytest.raises(KeyboardInterrupt), Recorder.claim(loaded):
        raise KeyboardInterrupt
    found = manifest(run)
    assert (found["outcome"], found["exit_code"]) == ("interrupted", 75)
    assert found["error"] == "KeyboardInterrupt"
    assert not (run.folder / "out/_SUCCESS").exists()


def test_while_it_runs_the_folder_says_so_and_is_locked(run):
    loaded = run.loaded(report=[])
    with Recorder.claim(loaded):
        assert manifest(run)["outcome"] == "running"
        with pytest.raises(gmmflow.GmmflowError, match="another run is at work"):
            Recorder.claim(loaded)
    assert Recorder.claim(loaded).finished


def test_what_ended_the_run_matters_more_than_a_manifest_that_cannot_be_written(run):
    def lose_the_folder(error):
        with Recorder.claim(run.loaded(report=[])) as recorder:
            shutil.rmtree(recorder.path)
            if error is not None:
                raise error

    with pytest.raises(ZeroDivisionError):
        lose_the_folder(ZeroDivisionError())
    with pytest.raises(OutputError, match=r"manifest\.json: could not be written"):
        lose_the_folder(None)


def test_a_plugin_is_recorded_with_the_hash_of_its_file(run, plugin):
    model = {"components": 2, "distribution": "local.mine"}
    gmmflow.run(settings(run, model=model, plugins={"paths": [str(plugin)]}))
    (only,) = manifest(run)["plugins"]
    assert (only["kind"], only["stage"]) == ("distributions", "local.mine")
    assert only["path"] == str(plugin)
    assert len(only["sha256"]) == 64


def test_the_folder_is_named_after_the_config_and_starts_where_gmmflow_does(run, monkeypatch):
    monkeypatch.chdir(run.folder)
    assert output_folder(run.loaded(output=None)) == run.folder / "runs/config"
    assert output_folder(run.loaded(output="x/y")) == run.folder / "x/y"
