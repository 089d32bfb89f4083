"""What a run would read, hold, compute and write, from the config and the data's headers alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gmmflow.errors import GmmflowError

if TYPE_CHECKING:
    from gmmflow.config.loading import LoadedConfig
    from gmmflow.loaders.base import Source

#: Bytes of the interpreter and the libraries that a run loads.
BASE = 120 << 20
#: A number of a text file takes at least this many bytes, with what separates it.
TEXT_NUMBER = 2
#: Statistics of spans that wait for their neighbours, for each thread: the depth of the tree.
WAITING = 20


@dataclass(frozen=True)
class ModelSize:
    """One of the models that would be compared."""

    components: int
    distribution: str
    n_free: int


@dataclass(frozen=True)
class Estimate:
    """A run in numbers; what only reading can tell is None.

    Attributes
    ----------
    source : Source
        What would be read.
    n_features : int
        Columns after the transforms.
    block_rows, span_rows : int
        Rows of the units of work.
    budget : int
        Bytes that the process may use.
    held_limit : int
        Rows of at most so many bytes, as float64, are held in memory.
    row_bytes : int
        Bytes of all rows as float64; for text a bound, from its size and the shortest numbers.
    held : bool or None
        Whether the rows are held; else they are read again each sweep.
    threads : int
        Chunks that are in work at once.
    rows_memory, work_memory, statistics_memory : int
        Bytes of the rows in memory at once, of the threads' scratch, and of the sums.
    models : tuple of ModelSize
        What would be compared.
    candidates : int
        Starts of all models, fitted side by side.
    n_free : int
        Free parameters of the largest model.
    iteration_limit : int or None
    flops : float or None
        Floating-point operations of an iteration of all candidates, 4 n k p: two products of
        (k, p) with the features (p, n).
    """

    source: Source
    n_features: int
    block_rows: int
    span_rows: int
    budget: int
    held_limit: int
    row_bytes: int
    held: bool | None
    threads: int
    rows_memory: int
    work_memory: int
    statistics_memory: int
    models: tuple[ModelSize, ...]
    candidates: int
    n_free: int
    iteration_limit: int | None
    flops: float | None

    @property
    def memory(self) -> int:
        """Bytes that the process would need in all, about."""
        return BASE + self.rows_memory + self.work_memory + self.statistics_memory


def estimate(loaded: LoadedConfig) -> Estimate:
    """Estimate a run.

    Raises
    ------
    GmmflowError
        The data are not there, or their columns are not those that the config names.
    """
    import numpy as np

    from gmmflow.loaders.base import LoadContext
    from gmmflow.memory import budget, row_budget
    from gmmflow.plugin.blame import blame
    from gmmflow.values.block import block_rows, span_rows

    config = loaded.config
    limit = row_budget(config.run.memory)
    with blame(config.data, loaded.registry):
        source = config.data.inspect(LoadContext(loaded.folder, limit, config.seed))
    d = len(columns_after(loaded, source))
    row_bytes = bytes_of(source)
    held = True if row_bytes <= limit else (None if source.n_rows is None else False)
    threads = threads_of(loaded)
    starts = 1 if config.init.deterministic else config.fit.restarts
    models = tuple(
        ModelSize(k, each.label, config.fit.m_step.n_free(each, k, d))
        for k in config.model.components
        for each in config.model.distribution
    )
    # Features of a component: what is summed for each of its free parameters.
    shapes = [(model.components, model.n_free // model.components + 1) for model in models]
    blocks = [block_rows(features, k) for k, features in shapes]
    works = [
        block * (features + 2 * d + 2 * k)
        for block, (k, features) in zip(blocks, shapes, strict=True)
    ]
    sums = sum(starts * k * features for k, features in shapes)
    products = sum(starts * (model.n_free + model.components) for model in models)
    largest = max(source.chunks) if source.chunks else 0
    chunk = 8 * largest * len(source.names) or int(getattr(config.data, "chunk_size", 0))
    size = np.dtype(source.dtype).itemsize
    return Estimate(
        source=source,
        n_features=d,
        block_rows=min(blocks),
        span_rows=span_rows(len(source.names)),
        budget=budget(config.run.memory),
        held_limit=limit,
        row_bytes=row_bytes,
        held=held,
        threads=threads,
        # A chunk that is read again is in work beside the one that is being read.
        rows_memory=row_bytes * size // 8 if held else 2 * threads * chunk,
        work_memory=threads * 8 * max(works),
        statistics_memory=8 * sums * threads * WAITING,
        models=models,
        candidates=starts * len(models),
        n_free=max(model.n_free for model in models),
        iteration_limit=iteration_limit(loaded),
        flops=None if source.n_rows is None else 4.0 * source.n_rows * products,
    )


def bytes_of(source: Source) -> int:
    """Bytes of all rows as float64, or a bound on them for text."""
    if source.n_rows is not None:
        return source.n_rows * len(source.names) * 8
    return source.n_bytes // TEXT_NUMBER * 8


def columns_after(loaded: LoadedConfig, source: Source) -> tuple[str, ...]:
    """Names of the columns that the transforms leave, found with columns of made-up moments."""
    import numpy as np

    from gmmflow.plugin.blame import blame
    from gmmflow.values.moments import Moments

    names = source.names
    for transform in loaded.config.transform:
        one = np.ones(len(names))
        with blame(transform, loaded.registry):
            names = transform.fit(names, Moments(3, 3.0, 0 * one, 2 * one, -one, one)).names(names)
    return names


def threads_of(loaded: LoadedConfig) -> int:
    """Threads of this process that work on rows; 1 where other processes do."""
    from gmmflow.executors.passes.cpus import usable_cpus
    from gmmflow.executors.threads import Threads

    executor = loaded.config.run
    return (executor.threads or usable_cpus()) if isinstance(executor, Threads) else 1


def iteration_limit(loaded: LoadedConfig) -> int | None:
    """Iterations after which EM stops in any case, if the config says so."""
    from gmmflow.convergence.max_iterations import MaxIterations

    limits = [
        each.limit for each in loaded.config.fit.convergence if isinstance(each, MaxIterations)
    ]
    return min(limits) if limits else None


def folder_state(loaded: LoadedConfig, restart: bool = False) -> tuple[Path, str]:
    """The run folder, and what a run would find there, in words."""
    from gmmflow.run_folder.folder import look
    from gmmflow.run_folder.identity import identity_of
    from gmmflow.run_folder.recorder import output_folder

    path = output_folder(loaded)
    try:
        return path, str(look(path, identity_of(loaded), restart)[0])
    except GmmflowError as error:
        return path, f"would be refused: {error.message}"


def files_of(loaded: LoadedConfig) -> list[str]:
    """Names of what would be written, below the run folder."""
    from gmmflow.run_folder.names import FILES

    reports = [pattern for reporter in loaded.config.report for pattern in reporter.files]
    return sorted(dict.fromkeys((*FILES, *reports)))
