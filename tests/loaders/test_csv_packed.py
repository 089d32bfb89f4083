"""Packed text: read as a stream, known by how it begins, and what is said of damage."""

import bz2
import gzip
import random
from functools import partial

import numpy as np
import pyarrow as pa
import pytest

from gmmflow.errors import DataError
from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.csv import Csv
from gmmflow.loaders.reading import text

ROWS = "".join(f'{i},"quoted\n{i}",{i / 7!r}\n' for i in range(3000)).encode()
TEXT = b"a,note,b\n" + ROWS


pack = partial(gzip.compress, mtime=0)


def arrow(codec):
    def packed(data):
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, codec) as stream:
            stream.write(data)
        return sink.getvalue().to_pybytes()

    return packed


PACK = {
    "csv.gz": pack,
    "csv.zst": arrow("zstd"),
    "csv.bz2": bz2.compress,
    "csv.lz4": arrow("lz4"),
    "csv": pack,
    "gz.csv": lambda data: data,
}


@pytest.mark.parametrize("end", PACK)
def test_packed_text_is_read(tmp_path, load_both, monkeypatch, end):
    monkeypatch.setattr(text, "_BLOCK", 1000)
    (tmp_path / f"t.{end}").write_bytes(PACK[end](TEXT))
    data = load_both(Csv(path=f"t.{end}", chunk_size=16000)).held
    assert data.names == ("a", "b")
    assert data.chunks == (1000, 1000, 1000)
    np.testing.assert_array_equal(data.rows[:, 1], np.arange(3000) / 7)


@pytest.mark.parametrize("pack", [pack, arrow("zstd")])
def test_packed_pieces_one_after_another_are_one_file(tmp_path, context, pack):
    (tmp_path / "t.csv").write_bytes(pack(TEXT) + pack(ROWS))
    assert Csv(path="t.csv").load(context).n_rows == 6000


def test_headerless_with_another_delimiter(tmp_path, load_both):
    (tmp_path / "a.csv.gz").write_bytes(pack(b"1;2\n3;4\n"))
    data = load_both(Csv(path="a.csv.gz", header=False, delimiter=";")).held
    assert data.names == ("x0", "x1")
    np.testing.assert_array_equal(data.rows, [[1, 2], [3, 4]])


def flipped(data):
    damaged = bytearray(data)
    damaged[len(data) // 2] ^= 255
    return bytes(damaged)


NOISE = random.Random(0).randbytes(100)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv.gz", TEXT, r"t.csv.gz is not gzip data: it begins with b'a,note,b'"),
        ("t.csv.zst", NOISE, "t.csv.zst is not zstd data"),
        ("t.csv.gz", pack(TEXT)[:-2000], "damaged where it is packed: Truncated"),
        ("t.csv.gz", pack(TEXT)[:-4], "damaged where it is packed: Truncated"),
        ("t.csv.gz", flipped(pack(TEXT)), "damaged where it is packed: zlib"),
        ("t.csv.gz", pack(TEXT) + NOISE, "damaged where it is packed: zlib"),
        ("t.csv.zip", b"PK\x03\x04" + NOISE, r"is packed by zip, and .*\n  unpack it first"),
        ("t.csv.gz", pack(b"a,b\n1,2\n3\n"), "cannot be cut into columns"),
        ("t.csv.gz", pack(b"a,b\n1,2\n3,4\n5,x\n"), "column 'b' holds text, 'x', in row 3\n"),
    ],
)
@pytest.mark.parametrize("limit", [0, 1 << 20])
def test_damage(tmp_path, name, content, message, limit):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        Csv(path=name).load(LoadContext(tmp_path, in_memory=limit))
