"""The exception tree: a class for what the reader can do about it, each with its exit code.

::

    GmmflowError
    ├── UsageError            64  the command line is wrong
    ├── DataError             65  the data cannot be used as they are
    │   ├── DegenerateError   65  every candidate ended without a usable mixture
    │   └── FolderError       65  the output folder belongs to another config
    ├── InputMissing          66  a file that should be read is not there
    ├── ClusterError          69  no cluster, or it went away
    ├── StageError            70  a stage raised something it should not have
    ├── OutputError           73  the output folder cannot be written
    ├── StorageError          74  disk full or I/O error
    ├── Interrupted           75  stopped by a signal; run again
    ├── PermissionRefused     77  the system refused access
    └── ConfigError           78  the config is wrong
        └── PluginError       78  a plugin is missing or broken

``DegenerateComponent`` is no error of a run: it ends one candidate, and the others go on.
The numbers are those of ``sysexits.h``.
"""

from __future__ import annotations

import errno
from enum import IntEnum
from pathlib import Path


class Exit(IntEnum):
    """Exit codes of the command line."""

    DONE = 0
    USAGE = 64
    DATA = 65
    NO_INPUT = 66
    UNAVAILABLE = 69
    BUG = 70
    CANNOT_CREATE = 73
    IO = 74
    TEMPORARY = 75
    NO_PERMISSION = 77
    CONFIG = 78


class GmmflowError(Exception):
    """Root of every error a user can meet.

    Parameters
    ----------
    message : str
        What was wrong, with the value, and what is allowed.
    remedy : str, optional
        The next step to try.
    """

    exit_code: Exit = Exit.BUG

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  {self.remedy}" if self.remedy else self.message


class UsageError(GmmflowError):
    """The command line is wrong."""

    exit_code = Exit.USAGE


class DataError(GmmflowError):
    """The data cannot be used as they are; the message names the file and the rows."""

    exit_code = Exit.DATA


class DegenerateError(DataError):
    """Every candidate ended without a usable mixture."""


class FolderError(DataError):
    """The output folder belongs to another config, or to other data."""


class InputMissing(GmmflowError):
    """A file that should be read is not there."""

    exit_code = Exit.NO_INPUT


class ClusterError(GmmflowError):
    """No cluster could be reached, or it went away."""

    exit_code = Exit.UNAVAILABLE


class StageError(GmmflowError):
    """A stage raised something it should not have; the message names stage and provider."""

    exit_code = Exit.BUG


class OutputError(GmmflowError):
    """The output folder cannot be created or written."""

    exit_code = Exit.CANNOT_CREATE


class StorageError(GmmflowError):
    """The disk is full, or the system reported an I/O error."""

    exit_code = Exit.IO


class Interrupted(GmmflowError):
    """A signal asked the run to stop."""

    exit_code = Exit.TEMPORARY


class PermissionRefused(GmmflowError):
    """The system refused access to a file that exists."""

    exit_code = Exit.NO_PERMISSION

    def __init__(
        self, message: str, remedy: str = "change its permissions, or those of its folder"
    ) -> None:
        super().__init__(message, remedy)


class ConfigError(GmmflowError):
    """The config is wrong; nothing was run."""

    exit_code = Exit.CONFIG


class PluginError(ConfigError):
    """A plugin that the config names is missing or broken."""


def unreadable(
    path: str | Path, error: OSError, remedy: str = "check the path", refused: str = ""
) -> GmmflowError:
    """The error of ours for what the system said when a file was to be read.

    Parameters
    ----------
    path : str or Path
        The file, as the message names it.
    error : OSError
    remedy : str
        Where there is no such file.
    refused : str
        Where the system refuses access, if changing its permissions is not the way.
    """
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return InputMissing(f"there is no file {path}", remedy)
    if isinstance(error, PermissionError) or error.errno in (errno.EACCES, errno.EPERM):
        message = f"no permission to read {path}"
        return PermissionRefused(message, refused) if refused else PermissionRefused(message)
    return StorageError(
        f"cannot read {path}: {error.strerror or error}", "check the disk, then run again"
    )


class DegenerateComponent(Exception):
    """A component emptied or collapsed; the candidate ends, the run goes on.

    Parameters
    ----------
    component : int
        Index of the component, from 0.
    reason : str
        What happened to it, in half a sentence: ``"its covariance is singular"``.
    remedy : str
        What to try.
    """

    def __init__(self, component: int, reason: str, remedy: str) -> None:
        super().__init__(component, reason, remedy)
        self.component = component
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        return f"component {self.component}: {self.reason}"
