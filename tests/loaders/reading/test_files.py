import os
from pathlib import Path

import pytest

from gmmflow.errors import DataError, InputMissing, PermissionRefused
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.reading.files import find, fingerprint


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
    with pytest.raises(InputMissing, match="its folder is empty"):
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
        with pytest.raises(PermissionRefused, match=r"no permission to read .*a.csv"):
            found.open()
    finally:
        os.seteuid(user)


def test_literal_name_before_glob(folder, context):
    (folder / "a[1].csv").write_text("a")
    (folder / "a1.csv").write_text("a")
    assert [f.name for f in find("a[1].csv", context, glob=True)] == ["a[1].csv"]
    (folder / "a[1].csv").unlink()
    assert [f.name for f in find("a[1].csv", context, glob=True)] == ["a1.csv"]


def test_folder_of_files_leaves_out_hidden_and_marker_files(folder, context):
    for name in ("b.parquet", "a.parquet", "_metadata.parquet", ".a.parquet", "sub/c.parquet"):
        (folder / name).write_text("a")
    found = [f.name for f in find(".", context, below="*.parquet")]
    assert found == ["a.parquet", "b.parquet", "c.parquet"]
    with pytest.raises(InputMissing, match=r"no file below .* matches \*.zarr"):
        find(".", context, below="*.zarr")


def test_empty_file(folder, context):
    (folder / "e.csv").touch()
    with pytest.raises(DataError, match=r"e.csv is empty"):
        find("e.csv", context)


def test_fingerprint_covers_name_time_and_both_ends(folder, context):
    file = folder / "big"
    file.write_bytes(bytes(200_000))
    os.utime(file, ns=(5, 5))
    seen = {fingerprint(find("big", context))}
    for position in (0, 199_999):
        changed = bytearray(200_000)
        changed[position] = 1
        file.write_bytes(changed)
        os.utime(file, ns=(5, 5))
        seen.add(fingerprint(find("big", context)))
    os.utime(file, ns=(6, 6))
    seen.add(fingerprint(find("big", context)))
    file.rename(folder / "other")
    seen.add(fingerprint(find("other", context)))
    assert len(seen) == 5
