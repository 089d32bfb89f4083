"""Weights and parameters from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from gmmflow.errors import DataError, unreadable
from gmmflow.initializers.given_numbers.arrays import as_array, weight_problem
from gmmflow.values.mixture import Parameters

#: What a file must hold.
HOLDS = "what is read: weights: [...], and parameters: {means: [...], ...}; in .npz arrays by name"


def read_numbers(path: Path) -> tuple[np.ndarray | None, Parameters]:
    """Weights (k,), if there are any, and parameters by name.

    Parameters
    ----------
    path : Path
        ``.npz``: the array ``weights`` and one for each parameter. ``.json``, ``.yaml``, ``.yml``:
        ``weights`` and a mapping ``parameters``.

    Raises
    ------
    InputMissing, PermissionRefused, StorageError
        The file cannot be read.
    DataError
        It does not hold such numbers.
    """
    read = READERS.get(path.suffix.lower())
    if read is None:
        known = ", ".join(READERS)
        raise DataError(f"init: given: {path} is none of {known}", f"use one of {known}")
    try:
        found = read(path)
    except OSError as error:
        remedy = "check the path; it is relative to the config's folder"
        raise unreadable(f"{path} (init: given)", error, remedy) from error
    except Exception as error:  # each library has its own errors for broken files
        raise DataError(f"init: given: {path} cannot be read: {error}", HOLDS) from None
    if not isinstance(found, dict):
        raise DataError(f"init: given: {path} must be a mapping", HOLDS)
    weights = found.pop("weights", None)
    parameters = found.pop("parameters", None)
    if found or not isinstance(parameters, dict) or not parameters:
        raise DataError(
            f"init: given: {path} has {', '.join(map(str, found)) or 'no parameters'}", HOLDS
        )
    try:
        arrays = {str(name): as_array(str(name), value) for name, value in parameters.items()}
        if weights is None:
            return None, arrays
        proportions = as_array("weights", weights)
        if problem := weight_problem(proportions):
            raise ValueError(problem)
    except ValueError as error:
        raise DataError(f"init: given: {path}: {error}", HOLDS) from None
    return proportions, arrays


def _npz(path: Path) -> Any:
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return {"weights": arrays.pop("weights", None), "parameters": arrays}


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _yaml(path: Path) -> Any:
    import yaml

    return yaml.safe_load(path.read_text(encoding="utf-8"))


READERS = {".npz": _npz, ".json": _json, ".yaml": _yaml, ".yml": _yaml}
