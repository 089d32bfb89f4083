"""What the results of a run depend on, so that a folder is never mixed from two runs.

Where the work is done (`run`), what is reported (`report`), and where results and inputs lie
(`output`, `folder`) do not change them; the loaders' fingerprint covers the data themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gmmflow.config.loading import LoadedConfig

#: Sections of the resolved config that the results depend on.
SECTIONS = ("version", "seed", "data", "transform", "model", "init", "fit", "select", "plugins")


def identity_of(loaded: LoadedConfig) -> dict[str, Any]:
    """Sections of a config that its results depend on, and the hashes of its plugin files."""
    sections = {name: loaded.resolved[name] for name in SECTIONS}
    files = {}
    for module in loaded.registry.modules:
        path = Path(str(module.__file__))
        files[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return {**sections, "plugin_files": files}


def config_hash(identity: Mapping[str, Any]) -> str:
    """``sha256:...`` of an identity; equal values in another order or spelling hash the same."""
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def differences(there: Any, here: Any, path: str = "") -> Iterator[str]:
    """Sentences such as "model.components: 2 there, 3 here", one for each value that differs."""
    if isinstance(there, Mapping) and isinstance(here, Mapping):
        for name in dict.fromkeys((*there, *here)):
            inner = f"{path}.{name}" if path else str(name)
            yield from differences(there.get(name), here.get(name), inner)
    elif isinstance(there, list) and isinstance(here, list) and len(there) == len(here):
        for index, (old, new) in enumerate(zip(there, here, strict=True)):
            yield from differences(old, new, f"{path}.{index}")
    elif there != here:
        yield f"{path}: {_shown(there)} there, {_shown(here)} here"


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
