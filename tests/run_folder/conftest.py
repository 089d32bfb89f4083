"""Fitted models to write down and to read again."""

from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from gmmflow.config import load
from gmmflow.covariances.vvv import VVV
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.em.frame import Frame
from gmmflow.em.pipeline import Fitted
from gmmflow.transforms.standardize import Standardize
from gmmflow.values.fit import Fit
from gmmflow.values.mixture import Mixture
from gmmflow.values.moments import measure
from gmmflow.values.result import ClassTable, DataSummary, Result
from gmmflow.values.trace import Reason, Step, Stop

#: A plugin file with one distribution.
PLUGIN = """
from typing import Literal

from gmmflow import hookimpl
from gmmflow.distributions.gaussian import Gaussian


class Mine(Gaussian):
    \"\"\"A law of a file.\"\"\"

    type: Literal["local.mine"] = "local.mine"


@hookimpl
def gmmflow_distributions():
    return {"local.mine": Mine}
"""


def any_model(seed: int, k: int = 2, d: int = 2, starts: int = 2) -> Fitted:
    """A fitted model of any numbers, the strange ones included."""
    rng, law = np.random.default_rng(seed), Gaussian(covariance=VVV())
    strange = [-0.0, 5e-324, 1.7976931348623157e308, np.pi, 1 / 3]

    def numbers(*shape):
        values = rng.normal(size=shape) * 10.0 ** rng.integers(-300, 300, size=shape)
        return np.where(rng.random(shape) < 0.2, rng.choice(strange, size=shape), values)

    def mixture():
        parameters = {"means": numbers(k, d), "covariances": numbers(k, d, d)}
        return Mixture(law, numbers(k), parameters)

    def fit(index):
        trace = tuple(
            Step(
                index,
                i,
                *numbers(2).tolist(),
                9.5,
                -1.25,
                None if i == 0 else 0.1 * i,
                0.5,
                0.01,
                0.1,
            )
            for i in range(int(rng.integers(0, 4)) + 1)
        )
        if index == 1:
            stop = Stop(Reason.DEGENERATE, "component 1: it emptied — at the start", "fewer")
            return Fit(index, index, None, (), stop, 11, 0, 2, law)
        return Fit(
            index, index, mixture(), trace, Stop(Reason.CONVERGED, "so it did"), 11, 0, 2, law
        )

    rows = rng.normal(size=(10, d))
    moments = measure(rows)
    names = tuple(f"größe {i}" for i in range(d))
    data = DataSummary(names, names, 10, moments, "sha256:x", ("a note",), ("a", "b"))
    result = Result(
        tuple(fit(i) for i in range(starts)), 0, mixture(), "data", data, numbers(k),
        ClassTable(np.arange(2.0 * k).reshape(k, 2), 1 / 3), ("warned",), 0.1 + 0.2,
    )  # fmt: skip
    transform = Standardize()
    fitted = transform.fit(names, moments)
    return Fitted(result, Frame((fitted,), numbers(d)), (transform,))


def bits(value):
    """A value in a form in which == compares bits, types and memory layouts."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.flags.f_contiguous, value.tobytes("A")
    if isinstance(value, float):
        return np.float64(value).tobytes()
    if isinstance(value, dict):
        return {name: bits(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return tuple(map(bits, value))
    if is_dataclass(value):
        own = {field.name: bits(getattr(value, field.name)) for field in fields(value)}
        return type(value), own
    return value


@dataclass
class Run:
    """A config on disk."""

    folder: Path

    def loaded(self, **changes):
        """The config, with other sections."""
        config = {
            "data": {"type": "csv", "path": "rows.csv"},
            "model": {"components": 2},
            "output": str(self.folder / "out"),
            "folder": str(self.folder),
        }
        return load({**config, **changes})


@pytest.fixture
def run(tmp_path):
    """Two groups of rows in ``rows.csv``, and a config for them."""
    rng = np.random.default_rng(0)
    rows = np.concatenate([rng.normal(size=(30, 2)), 9 + rng.normal(size=(30, 2))])
    np.savetxt(tmp_path / "rows.csv", rows, delimiter=",", header="a,b", comments="")
    return Run(tmp_path)


@pytest.fixture
def plugin(tmp_path):
    """A plugin file beside the config, with the distribution local.mine."""
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def model():
    """Makes a model from a seed."""
    return any_model


@pytest.fixture(scope="session")
def same_bits():
    """Asserts that two values are the same, bit by bit."""

    def check(a, b):
        assert bits(a) == bits(b)

    return check
