import os
import shutil

import pytest

from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.reading import fingerprint as module
from gmmflow.loaders.reading.files import find
from gmmflow.loaders.reading.fingerprint import fingerprint


@pytest.fixture
def write(tmp_path):
    def write(content, name="big", time=5):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(time, time))
        return path

    return write


def test_small_data_are_known_by_their_contents(write, context, tmp_path):
    write(bytes(200_000))
    first = fingerprint(find("big", context))
    write(bytes(200_000), time=6)
    assert fingerprint(find("big", context)) == first, "touched"
    shutil.copytree(tmp_path, tmp_path / "elsewhere")
    assert fingerprint(find("elsewhere/big", context)) == first, "copied"
    changed = bytearray(200_000)
    changed[100_000] = 1
    write(changed)
    assert fingerprint(find("big", context)) != first, "changed in the middle, same time"


def test_of_large_data_name_time_and_both_ends(write, context, monkeypatch):
    monkeypatch.setattr(module, "_WHOLE", 100_000)
    write(bytes(200_000))
    seen = {fingerprint(find("big", context))}
    for position in (0, 199_999):
        changed = bytearray(200_000)
        changed[position] = 1
        write(changed)
        seen.add(fingerprint(find("big", context)))
    write(changed, time=6)
    seen.add(fingerprint(find("big", context)))
    write(changed, "other", time=6)
    seen.add(fingerprint(find("other", context)))
    assert len(seen) == 5


def test_folders_that_tell_files_apart_count_and_those_above_do_not(write, tmp_path):
    seen = []
    for years in ((2020, 2021), (2020, 2022)):
        for root in ("one", "two/deep"):
            for year, content in zip(years, (b"a", b"b"), strict=True):
                write(content, f"{root}/{years}/year={year}/part")
            context = LoadContext(tmp_path / root / str(years))
            seen.append(fingerprint(find("**/part", context)))
    assert seen[0] == seen[1] != seen[2] == seen[3]
