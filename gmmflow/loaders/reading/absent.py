"""What is said about a file that is not there."""

from __future__ import annotations

from difflib import get_close_matches

from gmmflow.errors import InputMissing
from gmmflow.loaders.reading.places import Place, is_remote, place_of, shown

_SHOWN = 8
_CHECK = "check the path; it is relative to the config's folder"


def missing(path: str) -> InputMissing:
    """The error for a path of which nothing, or only a part, is there."""
    place = place_of(path)
    if is_remote(path):
        folder, _, name = path.rpartition("/")
        return InputMissing(f"there is no {shown(path)}", content_of(place, folder, near=name))
    absent, what = path, "file"
    while not _is_folder(place, folder := absent.rpartition("/")[0] or "/"):
        absent, what = folder, "folder"
    name = absent.rpartition("/")[2]
    return InputMissing(f"there is no {what} {absent}", content_of(place, folder, near=name))


def content_of(place: Place, folder: str, near: str = "") -> str:
    """What a folder holds, or the names in it that are close to `near`."""
    try:
        names = sorted(name for name in place.listing(folder) if not name.startswith("."))
    except OSError:
        return "check the address" if is_remote(folder) else _CHECK
    close = get_close_matches(near, names, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(repr(name) for name in close)}?"
    if not names and is_remote(folder):
        return "check the address"
    if not names:
        return f"the folder {shown(folder)} is empty; check what should have written to it"
    held = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    starts = "" if is_remote(folder) else "; relative paths start at the config's folder"
    return f"the folder {shown(folder)} holds {held}{starts}"


def _is_folder(place: Place, path: str) -> bool:
    try:
        return place.look(path) is None
    except OSError:
        return False
