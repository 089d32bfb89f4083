import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from gmmflow.errors import DataError, GmmflowError, InputMissing, PermissionRefused
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.reading.files import find


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "old_faithful.csv").write_text("a")
    (tmp_path / "sub").mkdir()
    return tmp_path


def test_relative_absolute_and_home(folder, context, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    expected = find("old_faithful.csv", context)
    assert expected[0].path == str(folder / "old_faithful.csv")
    assert find("~/old_faithful.csv", LoadContext(Path("/"))) == expected
    assert find(str(folder / "old_faithful.csv"), LoadContext(Path("/"))) == expected


def test_missing_file_names_near_ones(folder, context):
    with pytest.raises(InputMissing, match=r"no file .*/old_fathful.csv\n.*'old_faithful.csv'"):
        find("old_fathful.csv", context)


def test_missing_file_in_a_folder_of_other_things(folder, context):
    with pytest.raises(InputMissing, match=r"holds old_faithful.csv, sub; relative paths start"):
        find("zzz", context)
    with pytest.raises(InputMissing, match=r"the folder .*/sub is empty; check what should have"):
        find("sub/zzz", context)


def test_missing_folder(folder, context):
    with pytest.raises(InputMissing, match=r"no folder .*/sup\n.*did you mean 'sub'"):
        find("sup/deep/a.csv", context)


def test_path_through_a_file(folder, context):
    with pytest.raises(InputMissing, match=r"there is no folder .*/old_faithful.csv"):
        find("old_faithful.csv/x", context)


def test_no_permission(folder, context):
    file = folder / "sub" / "a.csv"
    file.write_text("a")
    (found,) = find("sub/a.csv", context)
    file.chmod(0)
    user = os.geteuid()
    if user == 0:  # root may read everything
        os.seteuid(65534)
    try:
        with pytest.raises(PermissionRefused, match=r"no permission to read .*a.csv"), found.open():
            pass
    finally:
        os.seteuid(user)


def test_literal_name_before_glob(folder, context):
    (folder / "a[1].csv").write_text("a")
    (folder / "a1.csv").write_text("a")
    assert [f.name for f in find("a[1].csv", context)] == ["a[1].csv"]
    (folder / "a[1].csv").unlink()
    assert [f.name for f in find("a[1].csv", context)] == ["a1.csv"]


def test_folder_of_files_leaves_out_hidden_and_marker_files(folder, context):
    for name in ("b.parquet", "a.parquet", "_metadata.parquet", ".a.parquet", "sub/c.parquet"):
        (folder / name).write_text("a")
    found = [f.name for f in find(".", context, below=r".*\.parquet")]
    assert found == ["a.parquet", "b.parquet", "c.parquet"]
    with pytest.raises(
        InputMissing, match=r"is a folder that holds no ZIP file\n.*old_faithful.csv, sub"
    ):
        find(".", context, below=r".*\.zip", kind="ZIP")


@pytest.mark.parametrize("below", ["", r".*\.csv"])
def test_an_empty_folder(folder, context, below):
    with pytest.raises(GmmflowError, match=r"sub is a folder.*\n  the folder .*/sub is empty"):
        find("sub", context, below=below, kind="CSV")


def test_numbers_in_names_count_as_numbers(folder, context):
    for i in (10, 9, 2):
        (folder / f"part-{i}.csv").write_text("a")
    found = find(["part-*.csv", "old_faithful.csv"], context)
    assert [f.name for f in found] == [
        "part-2.csv",
        "part-9.csv",
        "part-10.csv",
        "old_faithful.csv",
    ]


def test_a_file_is_named_once(folder, context):
    with pytest.raises(DataError, match=r"old_faithful.csv is named 2 times in `path`"):
        find(["old_faithful.csv", "*.csv"], context)


def test_file_urls_are_paths(folder, context):
    (folder / "with space.csv").write_text("a")
    (found,) = find(f"file://{folder}/with%20space.csv", LoadContext(Path("/")))
    assert found.path == str(folder / "with space.csv")


def test_empty_file(folder, context):
    (folder / "e.csv").touch()
    with pytest.raises(DataError, match=r"e.csv is empty"):
        find("e.csv", context)


@pytest.mark.parametrize(
    ("content", "change"),
    [
        ("longer", r"it had 1 bytes and has 6 now; it was written at 1970-01-01 00:00:00.000005"),
        ("b", r"it was written at 1970-01-01 00:00:00.000005 UTC, and at 20\d\d-"),
    ],
)
def test_a_change_is_told_when_a_file_is_opened(folder, context, content, change):
    os.utime(folder / "old_faithful.csv", ns=(5000, 5000))
    (file,) = find("old_faithful.csv", context)
    (folder / "old_faithful.csv").write_text(content)
    with pytest.raises(DataError, match=f"changed while it was being used: {change}"), file.open():
        pass


def test_a_change_while_a_file_is_open_is_told(folder, context):
    (file,) = find("old_faithful.csv", context)
    with ExitStack() as stack:
        assert stack.enter_context(file.open()).read(1) == b"a"
        (folder / "old_faithful.csv").write_text("ab")
        with pytest.raises(DataError, match="it had 1 bytes and has 2 now"):
            stack.close()


def test_a_folder_in_the_place_of_a_file(folder, context):
    (file,) = find("old_faithful.csv", context)
    (folder / "old_faithful.csv").unlink()
    (folder / "old_faithful.csv").mkdir()
    with pytest.raises(DataError, match="it is a folder now"):
        file.check()
