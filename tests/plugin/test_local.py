"""Plugin files: loaded by path, hashed, and usable in other processes."""

import os
import subprocess
import sys
from hashlib import sha256

import cloudpickle
import pytest

from gmmflow.errors import PluginError
from gmmflow.plugin.manager import PluginSectionError, Registry


@pytest.fixture
def plugin_file(tmp_path, plateau):
    path = tmp_path / "plugins" / "my-plateau.py"
    path.parent.mkdir()
    path.write_text(plateau("local.plateau"))
    return path


def test_a_file_is_found_relative_to_the_folder(plugin_file, tmp_path):
    registry = Registry(paths=["plugins/my-plateau.py"], folder=tmp_path, discover=False)
    stage = registry.find("convergence", "local.plateau")
    assert stage().patience == 3
    provider = registry.provider(stage)
    assert provider.path == str(plugin_file)
    assert provider.sha256 == sha256(plugin_file.read_bytes()).hexdigest()
    assert provider.distribution == ""
    assert "local.plateau" in registry.names("convergence")


def test_the_same_file_is_the_same_class_until_it_changes(plugin_file):
    def load():
        return Registry(paths=[plugin_file]).find("convergence", "local.plateau")

    first = load()
    assert load() is first
    plugin_file.write_text(plugin_file.read_text().replace("Field(3", "Field(4"))
    assert load()().patience == 4
    assert first().patience == 3


def test_a_stage_of_a_file_travels_by_value_to_a_process_that_lacks_the_file(plugin_file):
    registry = Registry(paths=[plugin_file])
    stage = registry.find("convergence", "local.plateau")(patience=7)
    (module,) = registry.modules
    cloudpickle.register_pickle_by_value(module)
    try:
        payload = cloudpickle.dumps(stage)
    finally:
        cloudpickle.unregister_pickle_by_value(module)
    plugin_file.unlink()
    code = (
        "import sys, pickle; s = pickle.loads(sys.stdin.buffer.read());"
        "print(s.patience, s.check([]), s.kind, type(s)(patience='9').patience)"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", code], input=payload, capture_output=True, env=environment
    )
    assert done.stdout.decode().split() == ["7", "None", "convergence", "9"], done.stderr.decode()


def test_files_that_cannot_be_loaded_are_named_all_at_once(tmp_path):
    (tmp_path / "raises.py").write_text("x = 1\n\nraise ValueError('no')\n")
    (tmp_path / "syntax.py").write_text("def\n")
    (tmp_path / "text.txt").write_text("hello")
    (tmp_path / "hookless.py").write_text("x = 1\n")
    paths = ["missing.py", "raises.py", "syntax.py", "text.txt", "hookless.py", "."]
    with pytest.raises(PluginSectionError) as caught:
        Registry(paths=paths, folder=tmp_path)
    problems = dict(caught.value.problems)
    assert [where for where, _ in caught.value.problems] == [("paths", i) for i in range(6)]
    assert problems["paths", 0].message == f"the plugin file {tmp_path}/missing.py is not there"
    assert "raises.py raised ValueError: no (line 3)" in problems["paths", 1].message
    assert "syntax.py raised SyntaxError: " in problems["paths", 2].message
    assert "its name does not end with .py" in problems["paths", 3].message
    assert "it has no hook" in problems["paths", 4].message
    assert problems["paths", 5].message.endswith("is a folder")
    assert all(error.message in str(caught.value) for error in problems.values())


def test_a_file_that_raises_leaves_no_half_module(tmp_path, plateau):
    path = tmp_path / "half.py"
    path.write_text(plateau("local.plateau") + "\nraise KeyError('late')\n")
    before = set(sys.modules)
    for _ in range(2):
        with pytest.raises(PluginError, match="KeyError: 'late'"):
            Registry(paths=[path])
    assert not {name for name in set(sys.modules) - before if "gmmflow_local" in name}


def test_the_prefix_of_a_file_is_local(tmp_path, plateau):
    (tmp_path / "bare.py").write_text(plateau("plateau"))
    with pytest.raises(PluginError, match=r"begin with 'local\.': call it 'local\.plateau'"):
        Registry(paths=[tmp_path / "bare.py"])


def test_two_files_with_one_name_are_an_error(tmp_path, plateau):
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(plateau("local.plateau"))
    with pytest.raises(
        PluginError,
        match=r"one\.py and .*two\.py both have a convergence criterion 'local\.plateau'",
    ):
        Registry(paths=["one.py", "two.py"], folder=tmp_path)
