"""``model.json`` and ``model.npz``: a fitted model on disk, without pickle and without rounding."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import gmmflow
from gmmflow import durable
from gmmflow.durable import refusal
from gmmflow.em.frame import Frame
from gmmflow.em.pipeline import Fitted
from gmmflow.errors import (
    ConfigError,
    DataError,
    InputMissing,
    PermissionRefused,
    PluginError,
    StorageError,
)
from gmmflow.plugin.manager import Registry
from gmmflow.run_folder import names
from gmmflow.run_folder.array_file import pack, unpack
from gmmflow.run_folder.result_record import describe_result, restore_result
from gmmflow.stage import Stage
from gmmflow.values.quality import quality

#: Version of the format. Readers refuse versions that they do not know.
FORMAT = 1
_REMEDY = "restore it from a copy, or run again with --restart"


def save_model(folder: Path, fitted: Fitted) -> None:
    """Write a fitted model; the folder is made if it is not there.

    Raises
    ------
    OutputError, PermissionRefused, StorageError
        The folder cannot be written.
    """
    values, arrays = describe_result(fitted.result)
    transforms = []
    stages: list[Stage] = [fitted.result.mixture.distribution, *fitted.transforms]
    for index, (stage, learned) in enumerate(
        zip(fitted.transforms, fitted.frame.transforms, strict=True)
    ):
        own = learned.arrays()
        arrays |= {f"transforms/{index}/{name}": value for name, value in own.items()}
        transforms.append({"stage": stage.model_dump(mode="json"), "arrays": list(own)})
    arrays["centre"] = fitted.frame.centre
    content = pack(arrays)
    described = {
        "format": FORMAT,
        "gmmflow": gmmflow.__version__,
        "arrays": {
            "file": names.ARRAYS,
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        },
        "providers": list(_providers(stages)),
        "transforms": transforms,
        "quality": quality(fitted.result),
        "result": values,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(error, folder) from error
    text = json.dumps(described, indent=1, allow_nan=False) + "\n"
    durable.write(folder / names.ARRAYS, [content])
    durable.write(folder / names.MODEL, [text.encode()])


def load_model(folder: Path) -> Fitted:
    """Read a model that `save_model` wrote.

    Raises
    ------
    InputMissing
        There is none in the folder.
    DataError
        A file is damaged, or was written by a later version.
    PluginError
        A plugin that the model needs is missing or broken.
    """
    path = folder / names.MODEL
    try:
        described = json.loads(_read(path))
        if described["format"] != FORMAT:
            raise DataError(
                f"{path} has format {described['format']}, and this gmmflow reads {FORMAT}",
                f"read it with gmmflow {described['gmmflow']}",
            )
        arrays = _arrays(folder, described["arrays"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise _damaged(path, error) from error
    registry = _registry(path, described)
    try:
        stages = [
            _build(path, "transforms", each["stage"], registry) for each in described["transforms"]
        ]
        fitted = tuple(
            stage.restore({name: arrays[f"transforms/{i}/{name}"] for name in each["arrays"]})
            for i, (stage, each) in enumerate(zip(stages, described["transforms"], strict=True))
        )
        result = restore_result(
            described["result"], arrays, lambda each: _build(path, "distributions", each, registry)
        )
        return Fitted(result, Frame(fitted, arrays["centre"]), tuple(stages))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error


def _arrays(folder: Path, said: dict[str, Any]) -> dict[str, np.ndarray]:
    """The arrays, once they are known to be those that the model file speaks of."""
    path = folder / names.ARRAYS
    try:
        size = path.stat().st_size
    except OSError:
        size = -1
    if size not in (-1, said["bytes"]):
        raise DataError(f"{path} is damaged: {size} bytes instead of {said['bytes']}", _REMEDY)
    content = _read(path)
    if hashlib.sha256(content).hexdigest() != said["sha256"]:
        raise DataError(f"{path} is damaged: its sha256 is not that of {names.MODEL}", _REMEDY)
    try:
        return unpack(content)
    except ValueError as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> DataError:
    what = f"it has no {error}" if isinstance(error, KeyError) else str(error)
    return DataError(f"{path} is damaged: {what}", _REMEDY)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if (path.parent / names.MANIFEST).exists():
            message = f"{path.parent}: this run has left no model, it was not finished"
            raise InputMissing(message, "run it again; manifest.json says how it ended") from None
        message = f"there is no model in {path.parent}: {path.name} is missing"
        raise InputMissing(message, "name a run folder, or one that a model was saved to") from None
    except PermissionError:
        raise PermissionRefused(f"{path}: no permission to read it") from None
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror}", _REMEDY) from error


def _providers(stages: Sequence[Stage]) -> Iterator[dict[str, str]]:
    """Who provides the stages that are not our own."""
    registry = Registry()
    for stage in (inner for each in stages for inner in each.with_inner()):
        record = registry.provider(stage).record()
        if record.get("distribution") != "gmmflow":
            yield {"stage": stage.type, **record}


def _registry(path: Path, described: dict[str, Any]) -> Registry:
    try:
        return Registry(paths=[each["path"] for each in described["providers"] if "path" in each])
    except PluginError as error:
        raise PluginError(f"{path} needs a plugin: {error.message}", error.remedy) from error


def _build(path: Path, kind: str, description: dict[str, Any], registry: Registry) -> Any:
    from gmmflow.config import build_stage

    try:
        registry.find(kind, description["type"])
        return build_stage(kind, description, registry)
    except PluginError as error:
        raise PluginError(f"{path} needs a plugin: {error.message}", error.remedy) from error
    except ConfigError as error:
        raise PluginError(
            f"{path} holds a stage that cannot be made:\n{error.message}",
            "install the version of the plugin that the model was fitted with",
        ) from error
