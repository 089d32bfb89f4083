import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gmmflow.run_folder.array_file import pack, unpack

ARRAYS = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.int32, np.bool_]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5),
)


@given(st.dictionaries(st.text("abc/_0", min_size=1, max_size=9), ARRAYS, max_size=5))
def test_arrays_come_back_bit_by_bit(arrays):
    back = unpack(pack(arrays))
    assert list(back) == list(arrays)
    for name, array in arrays.items():
        assert (back[name].dtype, back[name].shape) == (array.dtype, array.shape)
        assert back[name].tobytes() == array.tobytes()


def test_the_layout_in_memory_comes_back():
    back = unpack(pack({"f": np.asfortranarray(np.arange(6.0).reshape(2, 3))}))["f"]
    assert back.flags.f_contiguous
    assert not back.flags.c_contiguous
    assert back.flags.writeable
    assert back.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_numpy_reads_the_file_and_the_bytes_are_the_same_every_time():
    content = pack({"a/b": np.arange(3.0)})
    assert content == pack({"a/b": np.arange(3.0)})
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        assert found["a/b"].tolist() == [0, 1, 2]


def archive(name: str, raw: bytes, compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        file.writestr(name, raw)
    return buffer.getvalue()


def npy(array, **options) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, **options)
    return buffer.getvalue()


HUGE = npy(np.arange(4.0)).replace(b"(4,), }        ", b"(400000000,), }")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a zip file"),
        (b"PK\x03\x04 and then nonsense", "not a zip file"),
        (archive("a.npy", b"no array"), "magic string"),
        (archive("a.npy", npy(np.arange(4.0))[:-1]), "not the size that it claims"),
        (archive("a.npy", HUGE), "not the size that it claims"),
        (archive("a.npy", npy(np.arange(4.0)), zipfile.ZIP_DEFLATED), "is compressed"),
        (archive("a.npy", npy(np.array([{}]), allow_pickle=True)), "holds objects"),
        (archive("a.npy", npy(np.arange(4.0), version=(2, 0))), r"has version \(2, 0\)"),
    ],
)
def test_what_it_did_not_write_is_refused(content, said):
    with pytest.raises(ValueError, match=said):
        unpack(content)


def test_a_changed_byte_is_found():
    content = bytearray(pack({"a": np.arange(100.0)}))
    content[300] ^= 1
    with pytest.raises(ValueError, match="CRC"):
        unpack(bytes(content))
