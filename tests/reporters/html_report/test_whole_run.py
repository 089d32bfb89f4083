"""All reporters behind a real fit, with transforms: what they write is in data units."""

import numpy as np
import pyarrow.parquet
import pytest

import gmmflow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "out"
    config = {
        "data": {"type": "builtin", "name": "old_faithful"},
        "transform": ["standardize", {"type": "select", "columns": ["waiting", "eruptions"]}],
        "model": {"components": 2},
        "fit": {"restarts": 3},
        "report": [
            {"type": "console", "progress": "none"},
            {"type": "json", "stream": "file"},
            "assignments",
            "trajectory",
            "html",
        ],
        "output": str(folder),
    }
    return folder, gmmflow.run(config)


def test_the_path_ends_in_the_model(folder):
    path, model = folder
    with np.load(path / "trajectory.npz", allow_pickle=False) as arrays:
        mixture = model.result.mixture
        for name in mixture.parameters:
            np.testing.assert_array_equal(arrays[name][-1], mixture.parameters[name])
        assert arrays["means"][-1].mean(axis=0) == pytest.approx([67, 3.2], abs=1)


def test_every_row_is_assigned(folder):
    path, _ = folder
    table = pyarrow.parquet.read_table(path / "assignments")
    assert table.num_rows == 272
    assert np.sum(table["log_density"]) == pytest.approx(-1130.26396, abs=1e-4)


def test_the_page_shows_data_units(folder, chromium):
    path, _ = folder
    chromium.open(path / "report.html")
    assert chromium.ask("page.names") == ["waiting", "eruptions"]
    points = np.array(chromium.ask("page.points.columns"))
    assert points.mean(axis=1) == pytest.approx([70.9, 3.49], abs=0.01)
    colours = chromium.ask("page.replay.frames.at(-1).colours")
    kept = chromium.ask("page.points.component.map((c) => page.colours[c].slice(1))")
    same = [colours[6 * i : 6 * i + 6] == colour for i, colour in enumerate(kept)]
    assert np.mean(same) > 0.9
    assert chromium.complaints == []
