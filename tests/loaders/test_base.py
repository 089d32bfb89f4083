import subprocess
import sys

import pytest
from pydantic import ValidationError

from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.npy import Npy

HEAVY = ("pyarrow", "dask", "pandas", "scipy")


def test_loaders_import_nothing_heavy():
    code = (
        "import sys\n"
        "from gmmflow.loaders import arrays, builtin, csv, npy, parquet, synthetic\n"
        "from gmmflow.transforms import select, standardize\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_data_in_memory_need_no_dask():
    code = (
        "import sys\n"
        "from gmmflow.loaders.arrays import from_arrays\n"
        "from gmmflow.loaders.base import LoadContext\n"
        "from gmmflow.loaders.builtin import Builtin\n"
        "from gmmflow.loaders.synthetic import Synthetic\n"
        "for loader in Builtin(name='iris', labels='Species'), Synthetic(labels=True):\n"
        "    from_arrays(loader.load(LoadContext()).rows)\n"
        "print([name for name in ('dask', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_sizes_are_written_with_units():
    assert Npy(path="a.npy", chunk_size="32MiB").chunk_size == 32 << 20
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Npy(path="a.npy", chunk_size=0)


def test_paths(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    context = LoadContext(tmp_path)
    assert context.resolve("a/b") == tmp_path / "a/b"
    assert str(context.resolve("~/b")) == "/home/someone/b"
    assert str(context.resolve("/b")) == "/b"
