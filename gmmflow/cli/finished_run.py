"""A finished run for the verbs that use its model: the model, its config, and rows for it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gmmflow.errors import DataError, InputMissing, UsageError

if TYPE_CHECKING:
    from gmmflow.config.loading import LoadedConfig
    from gmmflow.executors.base import Executor
    from gmmflow.loaders.base import Loader
    from gmmflow.model import MixtureModel
    from gmmflow.reporters.base import Labelled
    from gmmflow.values.dataset import Dataset

#: Loader of a data file, and options that its name tells, by the end of the name.
LOADERS: dict[str, dict[str, Any]] = {
    ".csv": {"type": "csv"},
    ".csv.gz": {"type": "csv"},
    ".csv.bz2": {"type": "csv"},
    ".csv.zst": {"type": "csv"},
    ".tsv": {"type": "csv", "delimiter": "\t"},
    ".parquet": {"type": "parquet"},
    ".npy": {"type": "npy"},
}
_YAML = (".yaml", ".yml")
#: Options of the run's own data that say nothing of another file.
_OWN = ("path", "columns", "sample_weight", "labels", "missing")


def add_run_argument(parser: argparse.ArgumentParser) -> None:
    """Add the run folder."""
    parser.add_argument("run", metavar="RUN", help="the folder of a finished run")


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """Add the rows to use the model on."""
    parser.add_argument(
        "data",
        metavar="DATA",
        nargs="?",
        help="a .csv, .tsv, .parquet or .npy file, or a .yaml with a `data:` section; by default "
        "the data of the run itself",
    )


@dataclass(frozen=True)
class FinishedRun:
    """A run folder that holds a model.

    Attributes
    ----------
    folder : Path
    model : MixtureModel
    """

    folder: Path
    model: MixtureModel

    @classmethod
    def open(cls, folder: str) -> FinishedRun:
        """Read the model of a run folder."""
        from gmmflow.api import load

        return cls(Path(folder), load(folder))

    @cached_property
    def config(self) -> LoadedConfig:
        """The config of the run.

        Raises
        ------
        InputMissing
            The folder holds a model but no run.
        """
        from gmmflow.config import load
        from gmmflow.run_folder.names import CONFIG

        path = self.folder / CONFIG
        if not path.exists():
            raise InputMissing(
                f"{self.folder} holds a model, but no {CONFIG} with the data it was fitted to",
                "name a data file",
            )
        return load(path)

    def rows(self, data: str | None) -> Dataset:
        """The rows of a data file, or those that the model was fitted to.

        Raises
        ------
        DataError
            A column of the model is missing, or the run's own data have changed.
        """
        from gmmflow.api import load_data

        if data is not None:
            return self._other(Path(data))
        found = load_data(self.config)
        if found.fingerprint != self.model.result.data.fingerprint:
            raise DataError(
                "the data of this run have changed since it was fitted",
                "name the data file to use them as they are now",
            )
        return found

    def _other(self, path: Path) -> Dataset:
        from gmmflow.loaders.base import LoadContext
        from gmmflow.memory import row_budget

        loader, folder = self._loader(path)
        found = loader.load(LoadContext(folder, row_budget()))
        return with_columns(found, self.model.names, path)

    def _loader(self, path: Path) -> tuple[Loader, Path]:
        """Loader of a file, and where its relative paths start."""
        from gmmflow.config import build_stage

        name = path.name.lower()
        if name.endswith(_YAML):
            return data_section(path)
        for end, options in LOADERS.items():
            if name.endswith(end):
                description = {**self._like_own(options["type"]), **options, "path": str(path)}
                loader: Any = build_stage("loaders", description)
                return loader, Path.cwd()
        raise UsageError(
            f"what kind of file is {path}?",
            f"its name must end in {', '.join((*LOADERS, *_YAML))}; a YAML file with a `data:` "
            "section reads anything",
        )

    def _like_own(self, loader: str) -> dict[str, Any]:
        """Options for another file of the same kind: the columns, and how the run's own is read."""
        columns = {} if loader == "npy" else {"columns": list(self.model.names)}
        try:
            own = self.config.resolved["data"]
        except InputMissing:
            return columns
        if own["type"] != loader:
            return columns
        return {**{k: v for k, v in own.items() if k not in _OWN}, **columns}

    @contextmanager
    def scan(
        self, data: Dataset, own: bool
    ) -> Iterator[Callable[[Callable[[Labelled], Any]], Iterator[Any]]]:
        """Runs a task on every labelled chunk; the run's own data where they were fitted."""
        from gmmflow.em.pipeline import scanner
        from gmmflow.executors.threads import Threads

        executor: Executor = self.config.config.run if own else Threads()
        modules = self.config.registry.modules if own else ()
        with executor.start(modules) as engine:
            yield scanner(data, engine, self.model.fitted)


def with_columns(data: Dataset, names: tuple[str, ...], path: Path) -> Dataset:
    """The data if they have the model's columns, under the model's names."""
    from dataclasses import replace

    from gmmflow.values.columns import positions

    if data.names == names:
        return data
    unnamed = data.names == tuple(f"x{i}" for i in range(data.n_features))
    if unnamed and data.n_features == len(names):
        return replace(data, names=names)
    if unnamed:
        raise DataError(
            f"{path} has {data.n_features} columns, and the model has {len(names)}",
            f"give the columns {', '.join(names)}, in this order",
        )
    columns = list(positions(names, data.names, str(path)))
    return replace(data, rows=data.rows[:, columns], names=names)


def data_section(path: Path) -> tuple[Loader, Path]:
    """The loader that a YAML file describes, which may be a whole config, and its folder."""
    from gmmflow.config import InvalidConfig
    from gmmflow.config.build import FAILED, Builder
    from gmmflow.config.layers import layered
    from gmmflow.config.problems import Problem
    from gmmflow.plugin.manager import Registry
    from gmmflow.stage import Slot

    problems: list[Problem] = []
    root = layered(path, (), problems)
    node = root.child("data") if isinstance(root.value, dict) else None
    builder = Builder(Registry())
    if node is None:
        problems.append(Problem(root.place, "data", "is missing", "say where the rows come from"))
    loader: Any = FAILED if node is None else builder.stage(Slot("loaders"), node, ("data",))
    if problems or builder.problems:
        raise InvalidConfig([*problems, *builder.problems], str(path))
    return loader, path.absolute().parent
