import errno
import fcntl

import pytest

from gmmflow.errors import Exit, Interrupted
from gmmflow.run_folder.lock import FolderLock


def test_one_at_a_time_and_no_file_is_left(tmp_path):
    first = FolderLock(tmp_path)
    with pytest.raises(Interrupted, match="another run is at work in this folder") as caught:
        FolderLock(tmp_path)
    assert caught.value.exit_code == Exit.TEMPORARY
    first.release()
    FolderLock(tmp_path).release()
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_locks_is_no_obstacle(tmp_path, monkeypatch):
    def unsupported(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    FolderLock(tmp_path).release()
