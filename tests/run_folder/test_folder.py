import errno
import json
import os
from pathlib import Path

import pytest

from gmmflow.errors import (
    FolderError,
    Interrupted,
    OutputError,
    PermissionRefused,
    StorageError,
)
from gmmflow.run_folder.folder import RunFolder, State, look
from gmmflow.run_folder.identity import config_hash

MINE = {"seed": 0, "model": {"components": 2}}
OTHER = {"seed": 0, "model": {"components": 3}}


def claim(path, identity=MINE, restart=False):
    folder = RunFolder.claim(path, identity, restart)
    folder.release()
    return folder


def fill(path: Path, identity=MINE, finished=True, patterns=()):
    """A folder as a run leaves it, with a report and something of the user's."""
    path.mkdir(parents=True)
    manifest = {
        "gmmflow": "0.1.0",
        "config_hash": config_hash(identity),
        "identity": identity,
        "files": ["assignments/part-*", *patterns],
    }
    (path / "manifest.json").write_text(json.dumps(manifest))
    for name in ("config.resolved.yaml", "trace.jsonl", "model.json", "model.npz", "notes.txt"):
        (path / name).write_text(name)
    (path / "assignments").mkdir()
    (path / "assignments/part-000000.csv").write_text("row\n")
    (path / f".model.npz.{'0' * 32}.tmp").write_text("half")
    if finished:
        (path / "_SUCCESS").touch()


def names(path):
    found = [Path(top, each) for top, dirs, files in os.walk(path) for each in (*dirs, *files)]
    return sorted(str(each.relative_to(path)) for each in found)


def test_a_folder_is_made_with_those_above_it(tmp_path):
    folder = claim(tmp_path / "a" / "b")
    assert folder.path.is_dir()
    assert not folder.finished


def test_an_empty_folder_is_taken_and_what_an_interrupted_write_left_is_removed(tmp_path):
    (tmp_path / f".manifest.json.{'a' * 32}.tmp").touch()
    assert not claim(tmp_path).finished
    assert names(tmp_path) == []


def test_a_finished_run_is_taken_as_it_is(tmp_path):
    path = tmp_path / "out"
    fill(path)
    before = names(path)
    folder = claim(path)
    assert folder.finished
    assert folder.manifest["identity"] == MINE
    assert names(path) == before


def test_an_unfinished_run_is_removed_and_foreign_files_stay(tmp_path):
    path = tmp_path / "out"
    fill(path, finished=False)
    assert not claim(path).finished
    assert names(path) == ["notes.txt"]


def test_a_folder_that_was_emptied_but_for_foreign_files_is_nobodys(tmp_path):
    path = tmp_path / "out"
    fill(path, finished=False)
    claim(path)
    with pytest.raises(FolderError, match=r"is not empty and is no run folder.*notes\.txt"):
        claim(path)


def test_another_config_is_refused_with_what_differs(tmp_path):
    path = tmp_path / "out"
    fill(path)
    before = names(path)
    with pytest.raises(FolderError, match="belongs to another config") as caught:
        claim(path, OTHER)
    assert "\n    model.components: 2 there, 3 here\n" in str(caught.value)
    assert "`output:`" in caught.value.remedy
    assert "--restart" in caught.value.remedy
    assert names(path) == before


def test_a_corrected_config_takes_the_folder_of_a_run_that_failed_without_results(tmp_path):
    path = tmp_path / "out"
    fill(path, finished=False)
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**manifest, "outcome": "failed"}))
    with pytest.raises(FolderError, match="belongs to another config"):  # it has left a model
        claim(path, OTHER)
    (path / "model.json").unlink()
    assert look(path, OTHER)[0] is State.FAILED
    assert not claim(path, OTHER).finished
    assert names(path) == ["notes.txt"]


@pytest.mark.parametrize("outcome", ["running", "interrupted"])
def test_a_run_of_another_config_that_was_cut_off_is_not_removed(tmp_path, outcome):
    path = tmp_path / "out"
    fill(path, finished=False)
    (path / "model.json").unlink()
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**manifest, "outcome": outcome}))
    with pytest.raises(FolderError, match="belongs to another config"):
        claim(path, OTHER)


def test_restart_removes_our_files_of_any_config_and_no_others(tmp_path):
    path = tmp_path / "out"
    fill(path)
    (path / "assignments/mine.csv").touch()
    assert not claim(path, OTHER, restart=True).finished
    assert names(path) == ["assignments", "assignments/mine.csv", "notes.txt"]


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("manifest", [None, "{", "[]", "{}", '{"gmmflow": 1}'])
def test_a_folder_that_is_not_ours_is_refused_also_with_restart(tmp_path, restart, manifest):
    (tmp_path / "model.json").write_text("theirs")
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    before = names(tmp_path)
    with pytest.raises(FolderError, match=r"no run folder of gmmflow: it holds .*model\.json"):
        claim(tmp_path, restart=restart)
    assert names(tmp_path) == before


def test_nothing_outside_the_folder_is_removed(tmp_path):
    path, outside = tmp_path / "out", tmp_path / "outside"
    outside.mkdir()
    (outside / "part-1").write_text("theirs")
    (outside / "kept").write_text("theirs")
    fill(path, patterns=["../outside/part-*", str(outside / "part-*"), "link/part-*", "kept"])
    (path / "link").symlink_to(outside)
    (path / "kept").symlink_to(outside / "kept")
    claim(path, restart=True)
    assert names(outside) == ["kept", "part-1"]
    assert names(path) == ["link", "notes.txt"]


def test_two_runs_do_not_share_a_folder(tmp_path):
    first = RunFolder.claim(tmp_path / "out", MINE)
    with pytest.raises(Interrupted, match="another run is at work"):
        claim(tmp_path / "out")
    first.release()
    claim(tmp_path / "out")


def test_a_refused_folder_is_not_kept_locked(tmp_path):
    fill(tmp_path / "out")
    with pytest.raises(FolderError):
        claim(tmp_path / "out", OTHER)
    assert claim(tmp_path / "out").finished


@pytest.mark.parametrize("below", ["file", "file/out"])
def test_a_path_that_is_a_file_or_lies_below_one_is_refused(tmp_path, below):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file.*could not be written"):
        claim(tmp_path / below)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.EACCES, PermissionRefused),
        (errno.EPERM, PermissionRefused),
        (errno.ENOSPC, StorageError),
        (errno.EIO, StorageError),
        (errno.EROFS, OutputError),
    ],
)
def test_what_the_system_refuses_has_its_own_error(tmp_path, monkeypatch, code, kind):
    def refused(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(kind, match=os.strerror(code)):
        claim(tmp_path / "out")


def test_looking_changes_nothing(tmp_path):
    path = tmp_path / "out"
    assert look(path, MINE) == (State.NEW, None)
    assert not path.exists()
    fill(path, finished=False)
    before = names(path)
    assert look(path, MINE)[0] is State.UNFINISHED
    assert look(path, OTHER, restart=True)[0] is State.RESTARTED
    (path / "_SUCCESS").touch()
    assert look(path, MINE)[0] is State.FINISHED
    assert names(path) == sorted([*before, "_SUCCESS"])
