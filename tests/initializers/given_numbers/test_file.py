"""given: numbers from a file, relative to the config."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gmmflow.distributions.gaussian import Gaussian
from gmmflow.errors import DataError, InputMissing, StorageError
from gmmflow.initializers.given import Given

MEANS = [[2.0, 55.0], [4.3, 80.0]]
COVARIANCES = [[[0.1, 0.4], [0.4, 34.0]], [[0.2, 0.9], [0.9, 36.0]]]
CONTENT = {"weights": [0.4, 0.6], "parameters": {"means": MEANS, "covariances": COVARIANCES}}
YAML = """
weights: [4e-1, 0.6]
parameters:
  means: [[2, 55], [4.3, 80]]
  covariances: [[[0.1, 0.4], [0.4, 34]], [[0.2, 0.9], [0.9, 36]]]
"""


def write(folder: Path, name: str, content: dict[str, Any] | str) -> None:
    path = folder / name
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    elif path.suffix == ".npz":
        arrays = {"weights": content["weights"], **content["parameters"]}
        np.savez(path, **{key: np.array(value) for key, value in arrays.items()})
    else:
        path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "content"),
    [("start.npz", CONTENT), ("start.json", CONTENT), ("start.yaml", YAML), ("start.YML", YAML)],
)
def test_every_kind_of_file(
    name: str,
    content: Any,
    tmp_path: Path,
    faithful: np.ndarray,
    context: Callable[..., Any],
    gaussian: Gaussian,
) -> None:
    write(tmp_path, name, content)
    start = Given(path=name).start(2, gaussian, context(faithful, folder=tmp_path))
    np.testing.assert_allclose(start.weights, [0.4, 0.6], rtol=1e-15)
    np.testing.assert_array_equal(start.parameters["means"], MEANS)
    np.testing.assert_array_equal(start.parameters["covariances"], COVARIANCES)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", "{", "a.json cannot be read"),
        ("a.yaml", "a: [", "a.yaml cannot be read"),
        ("a.npz", "text", "a.npz cannot be read"),
        ("a.csv", "1,2", r"none of \.npz, \.json, \.yaml, \.yml"),
        ("a.json", "[1, 2]", "must be a mapping"),
        ("a.json", "{}", "has no parameters"),
        (
            "a.json",
            '{"means": [[1, 2]]}',
            r"has means\n  what is read: weights: \[...\], and parameters:",
        ),
        ("a.json", '{"parameters": {"means": [[1], [2, 3]]}}', "lists of equal lengths"),
        ("a.json", '{"parameters": {"means": [[1, NaN]]}}', "must be a finite number"),
        ("a.json", json.dumps({**CONTENT, "weights": [1, 2]}), "the weights sum to 3"),
        (
            "a.json",
            json.dumps({"parameters": {"means": MEANS[:1]}}),
            "means has 1 components|shape",
        ),
    ],
)
def test_broken_files(
    name: str,
    content: str,
    message: str,
    tmp_path: Path,
    faithful: np.ndarray,
    context: Callable[..., Any],
    gaussian: Gaussian,
) -> None:
    write(tmp_path, name, content)
    with pytest.raises(DataError, match=message):
        Given(path=name).start(2, gaussian, context(faithful, folder=tmp_path))


def test_pickles_are_never_opened(
    tmp_path: Path, faithful: np.ndarray, context: Callable[..., Any], gaussian: Gaussian
) -> None:
    np.savez(tmp_path / "a.npz", means=np.array([{"x": 1}], dtype=object))
    with pytest.raises(DataError, match=r"a\.npz cannot be read"):
        Given(path="a.npz").start(2, gaussian, context(faithful, folder=tmp_path))


def test_missing_and_unreadable(
    tmp_path: Path, faithful: np.ndarray, context: Callable[..., Any], gaussian: Gaussian
) -> None:
    known = context(faithful, folder=tmp_path)
    with pytest.raises(InputMissing, match=r"there is no file .*start\.npz"):
        Given(path="start.npz").start(2, gaussian, known)
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(StorageError, match=r"cannot read .*folder\.json"):
        Given(path="folder.json").start(2, gaussian, known)
