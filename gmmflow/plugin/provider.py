"""Where a stage comes from: gmmflow, an installed distribution, or a file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True)
class Provider:
    """Who provides a stage, as the manifest records it.

    Attributes
    ----------
    name : str
        What the names of its stages begin with: an entry point, "local", or "gmmflow" for our
        own, whose names are bare; empty for a class that Python code handed over.
    distribution, version : str
        What is installed; empty for a file.
    path : str
        The file, where there is no distribution.
    sha256 : str
        Of the contents of that file.
    """

    name: str
    distribution: str = ""
    version: str = ""
    path: str = ""
    sha256: str = ""

    def __str__(self) -> str:
        if self.distribution:
            return f"{self.distribution} {self.version}"
        return self.path or "Python code"

    def record(self) -> dict[str, str]:
        """What is known, by name, for the manifest and for listings."""
        return {key: value for key, value in asdict(self).items() if value}


def provider_of_file(name: str, path: Path) -> Provider:
    """Provider of the stages in a Python file; an unreadable one has no hash."""
    try:
        digest = sha256(path.read_bytes()).hexdigest()
    except OSError:
        digest = ""
    return Provider(name, path=str(path), sha256=digest)
