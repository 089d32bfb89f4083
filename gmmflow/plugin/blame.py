"""Names the stage that raised what it should not have.

::

    with blame(loader, registry):
        data = loader.load(context)
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gmmflow.errors import DegenerateComponent, GmmflowError, StageError
from gmmflow.plugin.manager import Registry
from gmmflow.plugin.words import noun
from gmmflow.stage import Stage

#: What the machine refused, whichever stage happened to ask.
_OF_THE_MACHINE = {
    errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM,
    errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EPIPE,
}  # fmt: skip


@contextmanager
def blame(stages: Stage | Sequence[Stage], registry: Registry) -> Iterator[None]:
    """Turn an unforeseen exception of a stage into a `StageError` that names it.

    Parameters
    ----------
    stages : Stage or sequence of Stage
        Who is at work, with the stages in their options. One alone is named in any case; of
        several, the one whose code is nearest to the place of the error, also where a worker
        process sent the traceback. If that is none of them, the exception passes through.
    registry : Registry

    Raises
    ------
    StageError
        With the exception as its cause. Our own errors, a component that degenerated, and what
        the machine refused (memory, disk, permission, connection) pass through.
    """
    try:
        yield
    except (GmmflowError, DegenerateComponent, MemoryError, ConnectionError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
            raise
        if isinstance(stages, Stage):
            culprit = _nearest([stages], error) or stages
        elif (nearest := _nearest(stages, error)) is not None:
            culprit = nearest
        else:
            raise
        provider = registry.provider(culprit)
        text = f"{type(error).__name__}: {error}".rstrip(": ")
        raise StageError(
            f"the {noun(culprit.kind)} {culprit.type!r} ({provider}) raised {text}",
            f"this is a bug of {provider.path or provider.distribution or 'the stage'}: report it "
            f"with the traceback (--debug shows it), or name another {noun(culprit.kind)}",
        ) from error


def _nearest(stages: Sequence[Stage], error: BaseException) -> Stage | None:
    """The stage whose module, or whose plugin, holds the innermost frame of those that do."""
    everyone = [each for stage in stages for each in stage.with_inner()]
    modules = {type(stage).__module__: stage for stage in reversed(everyone)}
    packages = {name.partition(".")[0]: stage for name, stage in modules.items()}
    packages.pop("gmmflow", None)  # our own code is not all of one stage
    nearest = None
    traceback = error.__traceback__
    while traceback is not None:  # from the outermost frame inwards
        name = traceback.tb_frame.f_globals.get("__name__") or ""
        nearest = modules.get(name) or packages.get(name.partition(".")[0]) or nearest
        traceback = traceback.tb_next
    return nearest
