import errno
import os

import pytest

from gmmflow import durable
from gmmflow.errors import OutputError, StorageError


def test_writes_all_parts_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"older and longer")
    assert durable.write(path, [b"one", memoryview(b"two")]) == 6
    assert path.read_bytes() == b"onetwo"
    assert os.listdir(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_keeps_the_older_file(tmp_path, monkeypatch, code):
    path = tmp_path / "a.bin"
    path.write_bytes(b"older")

    def full(descriptor):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"a\.bin: could not be written: .*\n  Free some space"):
        durable.write(path, [b"new"])
    assert path.read_bytes() == b"older"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(OutputError, match=r"No such file or directory\.\n  Set `output:`"):
        durable.write(tmp_path / "no" / "a.bin", [b"new"])


def test_a_writer_that_fails_leaves_nothing(tmp_path):
    def parts():
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        durable.write(tmp_path / "a.bin", parts())
    assert os.listdir(tmp_path) == []
