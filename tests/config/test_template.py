import pytest
import yaml

from gmmflow.config import load
from gmmflow.config.template import template
from gmmflow.plugin.manager import Registry

#: Options without a default, shown with an example.
EXAMPLES = ("memory", "update", "threads", "scratch", "max_ratio")
VALUES = {"data": {"type": "npy", "path": "rows.npy"}, "model": {"components": 3}}


@pytest.fixture(scope="module")
def text():
    return template(Registry(discover=False), VALUES, {"data.path": ["A note."]}, ["Top.", ""])


def test_the_result_is_valid_and_changes_no_default(write, text):
    write(text)
    assert load("fit.yaml").config == load(VALUES).config


def test_commented_lines_are_valid_too(write, text):
    """Every option that is shown reads back, and those with defaults change nothing."""
    write(text)
    plain = load("fit.yaml").config
    shown = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    shown = [line for line in shown if not line.lstrip().startswith(("# ", "#\n")) and line != "#"]
    assert len(shown) > 10
    for line in shown:
        uncommented = line.replace("#", "", 1)
        write(text.replace(line, uncommented, 1))
        again = load("fit.yaml").config
        name = yaml.safe_load(uncommented).popitem()[0]
        assert again == plain or name in EXAMPLES, uncommented


def test_everything_is_explained(text):
    assert text.startswith("# Top.\n#\n\n# Version of the config format.\nversion: 1\n")
    loaders = "builtin, csv, hdf5, npy, parquet, synthetic, zarr"
    assert f"# One of: {loaders}.\ndata:\n  type: npy\n" in text
    assert "# A note.\n  path: rows.npy\n" in text
    assert "  #chunk_size: 32MiB\n" in text
    assert "  restarts: 1\n" in text
    assert max(map(len, text.splitlines())) <= 100
