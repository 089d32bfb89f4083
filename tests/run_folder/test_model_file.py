import json
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gmmflow
from gmmflow.errors import DataError, InputMissing, OutputError, PluginError
from gmmflow.run_folder.model_file import load_model, save_model


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 3), st.integers(1, 4))
def test_any_model_comes_back_bit_by_bit(tmp_path_factory, model, same_bits, seed, k, d, starts):
    folder = tmp_path_factory.mktemp("model")
    fitted = model(seed, k, d, starts)
    save_model(folder, fitted)
    same_bits(load_model(folder), fitted)


@pytest.mark.parametrize(
    "transform", [(), ("standardize",), ({"type": "select", "columns": ["x1"]},)]
)
def test_a_fit_comes_back_with_the_same_answers(tmp_path, same_bits, transform):
    rows = np.random.default_rng(1).normal(size=(200, 2))
    fitted = gmmflow.fit(rows, 2, transform=transform, restarts=2)
    fitted.save(tmp_path / "new" / "folder")
    loaded = gmmflow.load(tmp_path / "new" / "folder")
    same_bits(loaded.result, fitted.result)
    same_bits(loaded.predict_proba(rows), fitted.predict_proba(rows))
    assert loaded.fitted.transforms == fitted.fitted.transforms
    loaded.save(tmp_path / "again")
    first, again = (tmp_path / f / "model.npz" for f in ("new/folder", "again"))
    assert first.read_bytes() == again.read_bytes()


def test_histories_are_left_to_the_trajectory(tmp_path):
    fitted = gmmflow.fit(np.arange(20.0) ** 2, 2).fitted
    watched = replace(fitted, result=replace(fitted.result, history=(fitted.result.mixture,)))
    save_model(tmp_path, watched)
    assert load_model(tmp_path).result.history == ()


@pytest.fixture
def saved(tmp_path, model):
    save_model(tmp_path, model(3))
    return tmp_path


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(InputMissing, match=r"there is no model in .*nowhere: model\.json"):
        load_model(tmp_path / "nowhere")
    (tmp_path / "manifest.json").touch()
    with pytest.raises(InputMissing, match="this run has left no model, it was not finished"):
        load_model(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b"{}", b'{"format": 1}', b"[" * 99999]
)
def test_a_damaged_description_is_named(saved, content):
    (saved / "model.json").write_bytes(content)
    with pytest.raises(DataError, match=r"model\.json is damaged: ") as caught:
        load_model(saved)
    assert "--restart" in caught.value.remedy


def test_a_later_format_is_refused(saved):
    change(saved, lambda described: described.update(format=9, gmmflow="7.0"))
    with pytest.raises(DataError, match=r"has format 9, and this gmmflow reads 1") as caught:
        load_model(saved)
    assert caught.value.remedy == "read it with gmmflow 7.0"


def change(folder, edit):
    described = json.loads((folder / "model.json").read_text())
    edit(described)
    (folder / "model.json").write_text(json.dumps(described))


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["result"].pop("fits"),
        lambda d: d["result"]["fits"][0]["stop"].update(reason="bored"),
        lambda d: d["result"]["data"].update(surprise=1),
        lambda d: d["result"]["mixtures"].update(mixture=7),
        lambda d: d["result"]["mixtures"].update({"fits/1": 0}),
        lambda d: d["transforms"][0]["arrays"].append("missing"),
    ],
)
def test_a_description_that_does_not_fit_is_damaged(saved, edit):
    change(saved, edit)
    with pytest.raises(DataError, match=r"model\.json is damaged"):
        load_model(saved)


def test_arrays_that_are_gone_cut_or_changed_are_named(saved):
    path = saved / "model.npz"
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(DataError, match=r"model\.npz is damaged: \d+ bytes instead of \d+"):
        load_model(saved)
    path.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])
    with pytest.raises(DataError, match=r"model\.npz is damaged: its sha256 is not that of"):
        load_model(saved)
    path.unlink()
    with pytest.raises(InputMissing, match=r"model\.npz is missing"):
        load_model(saved)


def test_a_model_of_a_plugin_needs_the_plugin(run, plugin, tmp_path, same_bits):
    model = {"components": 2, "distribution": "local.mine"}
    run.loaded(model=model, plugins={"paths": ["mine.py"]})
    config = {
        "data": {"type": "csv", "path": str(tmp_path / "rows.csv")}, "model": model,
        "plugins": {"paths": [str(plugin)]}, "report": [], "output": str(tmp_path / "out"),
    }  # fmt: skip
    fitted = gmmflow.run(config)
    described = json.loads((tmp_path / "out/model.json").read_text())
    (provider,) = described["providers"]
    assert (provider["stage"], provider["path"]) == ("local.mine", str(plugin))
    loaded = gmmflow.load(tmp_path / "out")
    assert loaded.result.mixture.distribution.type == "local.mine"
    same_bits(loaded.weights, fitted.weights)
    plugin.unlink()
    with pytest.raises(PluginError, match=r"model\.json needs a plugin: .*mine\.py"):
        gmmflow.load(tmp_path / "out")


def test_a_stage_that_nobody_provides_is_named(saved):
    change(saved, lambda d: d["result"]["distributions"][0].update(type="acme.stable"))
    with pytest.raises(PluginError, match=r"needs a plugin: .*acme\.stable"):
        load_model(saved)
    assert "acme" not in sys.modules


def test_an_option_that_is_no_more_is_named(saved):
    change(saved, lambda d: d["result"]["distributions"][0].update(wings=2))
    with pytest.raises(PluginError, match=r"a stage that cannot be made:\n.*wings"):
        load_model(saved)


def test_a_place_that_cannot_be_written_is_refused(tmp_path, model):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file"):
        save_model(tmp_path / "file" / "below", model(0))
