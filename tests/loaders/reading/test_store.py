import pickle
import resource

import numpy as np
import pytest

from gmmflow.errors import DataError, OutputError, StorageError
from gmmflow.loaders.reading.folders import Scratch, _remove
from gmmflow.loaders.reading.lazy import Part
from gmmflow.loaders.reading.store import RowStore

NO_LABELS = np.array([-1], np.int32)


def store(folder, *, in_memory):
    return RowStore(2, "float64", False, False, in_memory, lambda: Scratch(str(folder)))


def finish(rows, sizes):
    return rows.dataset(sizes, ("a", "b"), NO_LABELS, label_names=(), fingerprint="f", notes=())


@pytest.mark.parametrize("limit", [0, 64, 1000])
def test_rows_are_the_same_wherever_they_are_kept(tmp_path, limit):
    x = np.arange(20.0).reshape(10, 2)
    with store(tmp_path, in_memory=limit) as rows:
        for start in range(0, 10, 3):
            rows.append(Part(x[start : start + 3]))
        rows.append(Part(x[:0]))
    data = finish(rows, (4, 4, 2))
    assert data.in_memory == (limit == 1000)
    assert data.chunks == (4, 4, 2)
    np.testing.assert_array_equal(np.asarray(data.rows), x)


def test_rows_in_memory_can_be_changed(tmp_path):
    with store(tmp_path, in_memory=1000) as rows:
        rows.append(Part(np.ones((3, 2))))
    data = finish(rows, (3,))
    data.rows[0] = 5
    assert data.rows[0, 0] == 5


def test_full_disk(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    rows = store(tmp_path, in_memory=0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, hard))
    try:
        with rows, pytest.raises(StorageError, match=f"cannot write the rows to {tmp_path}"):
            rows.append(Part(np.ones((8192, 2))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_folder_that_cannot_be_used(tmp_path):
    with pytest.raises(OutputError, match=r"cannot create a scratch folder in .*nowhere"):
        Scratch(str(tmp_path / "nowhere"))


def test_worker_that_does_not_see_the_scratch_folder(tmp_path):
    with store(tmp_path, in_memory=0) as rows:
        rows.append(Part(np.ones((3, 2))))
    lazy = pickle.loads(pickle.dumps(finish(rows, (3,))))
    (path,) = rows.folder.file("").iterdir()
    path.write_bytes(b"short")
    with pytest.raises(DataError, match="was cut short while it was being used"):
        lazy.rows.compute()
    path.unlink()
    with pytest.raises(StorageError, match=r"(?s)scratch file .* is not there.*every worker sees"):
        lazy.rows.compute()


def test_child_process_deletes_nothing(tmp_path):
    scratch = Scratch(str(tmp_path))
    _remove(scratch.path, owner=-1)
    assert scratch.file("").is_dir()
