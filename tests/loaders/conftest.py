from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from gmmflow.loaders.base import LoadContext, Loader
from gmmflow.values.dataset import Dataset


@dataclass(frozen=True)
class Both:
    """A loader's data, held in memory and read lazily."""

    held: Dataset
    lazy: Dataset

    @classmethod
    def load(cls, loader: Loader, folder: Path) -> "Both":
        both = cls(loader.load(LoadContext(folder)), loader.load(LoadContext(folder, in_memory=0)))
        both.check()
        return both

    def check(self) -> None:
        """The law: the same rows in the same chunks, wherever they are."""
        held, lazy = self.held, self.lazy
        assert held.in_memory
        assert not lazy.in_memory
        assert lazy.chunks == held.chunks == lazy.rows.chunks[0]
        assert lazy.rows.chunks[1] == (held.n_features,)
        assert lazy.rows.dtype == held.rows.dtype
        assert len(held.source) == len(held.chunks)
        assert (lazy.names, lazy.label_names) == (held.names, held.label_names)
        assert lazy.fingerprint == held.fingerprint
        assert lazy.source == held.source
        np.testing.assert_array_equal(lazy.rows.compute(), held.rows)
        for name in ("sample_weight", "labels"):
            mine, other = getattr(held, name), getattr(lazy, name)
            assert (mine is None) == (other is None)
            if mine is not None:
                assert other.chunks == (held.chunks,)
                assert mine.dtype == other.dtype
                np.testing.assert_array_equal(other.compute(), mine)


@pytest.fixture
def load_both(tmp_path):
    return lambda loader: Both.load(loader, tmp_path)


@pytest.fixture
def context(tmp_path):
    return LoadContext(tmp_path)
