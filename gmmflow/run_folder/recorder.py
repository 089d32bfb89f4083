"""A run's own record: claims the folder, and writes all that every run leaves behind.

In the order of time: a first ``manifest.json`` and ``config.resolved.yaml``, ``trace.jsonl``,
the model, the manifest with how the run ended, and, only after exit code 0, ``_SUCCESS``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING

from gmmflow import durable
from gmmflow.config import dump_yaml
from gmmflow.em.pipeline import Fitted
from gmmflow.errors import FolderError, GmmflowError
from gmmflow.loaders.base import LoadContext
from gmmflow.reporters.base import Watcher
from gmmflow.run_folder import manifest, names
from gmmflow.run_folder.folder import RunFolder
from gmmflow.run_folder.identity import identity_of
from gmmflow.run_folder.model_file import save_model
from gmmflow.run_folder.trace import Trace
from gmmflow.values.dataset import Dataset

if TYPE_CHECKING:
    from gmmflow.config.loading import LoadedConfig


def output_folder(loaded: LoadedConfig) -> Path:
    """The run folder of a config; what is written starts at the current folder."""
    named = loaded.config.output or f"runs/{loaded.name}"
    return Path(named).expanduser().absolute()


class Recorder:
    """Records one run. Use it as a context manager round the run.

    Attributes
    ----------
    path : Path
        The run folder.
    finished : bool
        The folder holds the finished run of this very config: there is nothing to do.
    """

    def __init__(self, loaded: LoadedConfig, folder: RunFolder) -> None:
        self.path = folder.path
        self.finished = folder.finished
        self._loaded = loaded
        self._folder = folder
        self._began = monotonic()
        self._record = manifest.at_start(loaded)
        self._trace = Trace(folder.path)

    @classmethod
    def claim(cls, loaded: LoadedConfig, restart: bool = False) -> Recorder:
        """Take the config's run folder.

        Raises
        ------
        FolderError
            It belongs to another config, to other data, or to nobody of ours.
        GmmflowError
            See `RunFolder.claim`.
        """
        folder = RunFolder.claim(output_folder(loaded), identity_of(loaded), restart)
        if folder.manifest is not None:
            folder.release()
            _refuse_other_data(folder.path, folder.manifest, loaded)
        return cls(loaded, folder)

    def remarks(self) -> Iterator[str]:
        """What to say instead of running, where the run is finished."""
        old = self._folder.manifest
        assert old is not None, "the run is not finished"
        yield (
            f"{self.path}: this run was finished at {old.get('ended')}; nothing was done, "
            "--restart runs it again"
        )
        if old.get("reports") != self._record["reports"]:
            yield f"it has the reports of that run: gmmflow report {self.path} writes others"

    def __enter__(self) -> Recorder:
        # Enough to run it again from inside the folder, and to find its data.
        paths = {"output": str(self.path), "folder": str(self._loaded.folder)}
        config = {**self._loaded.resolved, **paths}
        try:
            # The manifest comes first: it is what makes the folder ours.
            self._write(names.MANIFEST, manifest.text(self._record))
            self._write(names.CONFIG, dump_yaml(config))
        except GmmflowError:
            self._folder.release()
            raise
        return self

    def read(self, data: Dataset) -> None:
        """Record what was read."""
        self._record["data"] = manifest.of_data(data)
        self._write(names.MANIFEST, manifest.text(self._record))

    def trace(self) -> Watcher:
        """The watcher that writes ``trace.jsonl``."""
        return self._trace

    def save(self, fitted: Fitted) -> None:
        """Write the model."""
        save_model(self.path, fitted)
        self._record["result"] = manifest.of_result(fitted.result)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._trace.close()
        try:
            self._record |= manifest.at_end(error, monotonic() - self._began)
            self._write(names.MANIFEST, manifest.text(self._record))
            if error is None:
                self._write(names.SUCCESS, "")
        except GmmflowError:
            # What ended the run matters more than that it could not be written down.
            if error is None:
                raise
        finally:
            self._folder.release()

    def _write(self, name: str, text: str) -> None:
        durable.write(self.path / name, [text.encode()])


def _refuse_other_data(path: Path, old: manifest.Record, loaded: LoadedConfig) -> None:
    """Raise where the data of a finished run have changed, as far as a quick look can tell."""
    try:
        context = LoadContext(loaded.folder, seed=loaded.config.seed)
        now = loaded.config.data.inspect(context).fingerprint
    except GmmflowError:
        return  # the data are gone, and their results are still here
    then = old.get("data", {}).get("fingerprint", "")
    if now and then and now != then:
        raise FolderError(
            f"{path} holds the results of other data: the files have changed since",
            "name another folder with `output:`, or remove those results with --restart",
        )
