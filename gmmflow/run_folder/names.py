"""The files that every run folder holds, whatever its reporters write."""

from __future__ import annotations

CONFIG = "config.resolved.yaml"
MANIFEST = "manifest.json"
TRACE = "trace.jsonl"
MODEL = "model.json"
ARRAYS = "model.npz"
SUCCESS = "_SUCCESS"

#: In the order in which they are removed: `SUCCESS` first, so that a folder that is being emptied
#: never looks finished, `MANIFEST` last, so that it stays ours until nothing else is left.
FILES = (SUCCESS, MODEL, ARRAYS, TRACE, CONFIG, MANIFEST)
